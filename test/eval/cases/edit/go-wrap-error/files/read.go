package config

import (
	"fmt"
	"os"
)

// Read returns the content of a file.
func Read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// Name formats the name of a file.
func Name(base string) string {
	return fmt.Sprintf("%s.conf", base)
}
