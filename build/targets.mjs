/**
 * The VS Code platforms that a VSIX is made for, and the packages of node-llama-cpp's binaries (@node-llama-cpp/…) in
 * it. CUDA's are too large to ship (320 MB): NVIDIA's cards are used through Vulkan, unless the user installs CUDA's
 * (server/backends).
 */
export const TARGETS = {
  "linux-x64": ["linux-x64", "linux-x64-vulkan"],
  "linux-arm64": ["linux-arm64"],
  "darwin-x64": ["mac-x64"],
  "darwin-arm64": ["mac-arm64-metal"],
  "win32-x64": ["win-x64", "win-x64-vulkan"],
  "win32-arm64": ["win-arm64"],
};
