package config

import (
	"encoding/json"
	"os"
)

type Config struct {
	Name string `json:"name"`
	Port int    `json:"port"`
}

// Load reads the configuration from a file.
func Load(path string) (*Config, error) {
	data, _ := os.ReadFile(path)
	var config Config
	if err := json.Unmarshal(data, &config); err != nil {
		return nil, err
	}
	return &config, nil
}
