-- Drives the server from Neovim with nothing but its built-in client:
--   nvim --headless -u NONE -l test/server/neovim.lua (0.9 and newer), or -c "luafile test/server/neovim.lua"
-- Prints one JSON line: the titles offered, the explanation shown, the buffer after an edit, and after undoing it.
local report = {}
local shown = {}

-- Neovim shows a server's messages with its own handler; here they are collected.
vim.lsp.handlers["window/showMessage"] = function(_, result)
  table.insert(shown, result.message)
  return result
end

local function wait(what, condition)
  if not vim.wait(60000, condition, 20) then
    io.stdout:write(vim.json and vim.json.encode({ failed = what }) or vim.fn.json_encode({ failed = what }))
    io.stdout:write("\n")
    vim.cmd("cquit 1")
  end
end

vim.cmd("edit " .. vim.fn.fnameescape(vim.env.SAMPLE))
vim.bo.filetype = "typescript"
local buffer = vim.api.nvim_get_current_buf()
local client_id = vim.lsp.start_client({
  name = "nemotron",
  cmd = { "node", "dist/server.mjs", "--stdio", "--model", vim.env.MODEL, "--gpu", "off", "--keep-alive", "0" },
  root_dir = vim.fn.fnamemodify(vim.env.SAMPLE, ":h"),
})
wait("start", function()
  local client = vim.lsp.get_client_by_id(client_id)
  return client and client.initialized
end)
vim.lsp.buf_attach_client(buffer, client_id)
local client = vim.lsp.get_client_by_id(client_id)

--- The zero-based, end-exclusive range of the function that begins on the line with this text.
local function range_of(text)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  for first, line in ipairs(lines) do
    if line:find(text, 1, true) then
      local indentation = line:match("^%s*")
      for last = first + 1, #lines do
        if lines[last]:sub(1, #indentation + 1) == indentation .. "}" then
          return { start = { line = first - 1, character = 0 }, ["end"] = { line = last, character = 0 } }
        end
      end
    end
  end
end

local function actions(text)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = range_of(text),
    context = { diagnostics = {} },
  }
  local response = client.request_sync("textDocument/codeAction", params, 10000, buffer)
  return response.result
end

local function run(list, title)
  for _, action in ipairs(list) do
    if action.title == title then
      local done = false
      local command = type(action.command) == "table" and action.command or action
      client.request("workspace/executeCommand", { command = command.command, arguments = command.arguments }, function(err)
        report.error = report.error or (err and err.message)
        done = true
      end, buffer)
      wait(title, function() return done end)
    end
  end
end

local list = actions("function clamp")
report.titles = {}
for _, action in ipairs(list) do
  table.insert(report.titles, action.title)
end

run(list, "Explain")
wait("explanation", function() return #shown > 0 end)
report.explanation = shown[#shown]

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end
local before = text()
run(actions("isEven("), "Simplify")
wait("edit", function() return text() ~= before or report.error end)
report.edited = text()
vim.cmd("undo")
report.undone = text() == before

vim.lsp.stop_client(client_id)
io.stdout:write(vim.fn.json_encode(report) .. "\n")
vim.cmd("qall!")
