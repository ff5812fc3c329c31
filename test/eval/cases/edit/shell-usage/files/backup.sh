#!/bin/sh
set -eu
tar -czf "$1.tar.gz" "$1"
