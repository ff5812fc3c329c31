#!/bin/sh
# Deletes the cache in a folder.
set -eu
folder=$1
if [ -d $folder/cache ]; then
  rm -rf $folder/cache
  echo "cleaned"
fi
