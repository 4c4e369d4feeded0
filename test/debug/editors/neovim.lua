-- A client of the debug server in Neovim: the requests of nvim-dap in its order, with vim.loop for the streams and Neovim's
-- own JSON. Says what it sees, a line each; the test compares.

local server, script = os.getenv('TCPFLOW_SERVER'), os.getenv('TCPFLOW_SCRIPT')
local uv = vim.loop

local function say(text)
  io.stdout:write(text .. '\n')
end

local stdin, stdout = uv.new_pipe(false), uv.new_pipe(false)
local exit
uv.spawn('node', { args = { server }, stdio = { stdin, stdout, nil } }, function(code)
  exit = code
end)

local seq, callbacks, stops, over = 0, {}, {}, false

local function request(command, arguments, callback)
  seq = seq + 1
  callbacks[seq] = callback or function() end
  local body = vim.json.encode({
    seq = seq,
    type = 'request',
    command = command,
    arguments = arguments or vim.empty_dict(),
  })
  stdin:write('Content-Length: ' .. #body .. '\r\n\r\n' .. body)
end

local function await(what, done)
  if not vim.wait(15000, done, 10) then
    say('waited in vain for ' .. what)
    vim.cmd('cquit 1')
  end
end

--- Sends a request and gives the body of its answer.
local function ask(command, arguments)
  local answer
  request(command, arguments, function(message)
    answer = message
  end)
  await('the answer to ' .. command, function()
    return answer ~= nil
  end)
  if not answer.success then
    say('refused: ' .. answer.message)
    return nil
  end
  return answer.body
end

local events = {
  initialized = function()
    local source = { path = script, name = vim.fn.fnamemodify(script, ':t') }
    local breakpoints = { { line = 19 } }
    request('setBreakpoints', {
      source = source,
      breakpoints = breakpoints,
      lines = { 19 },
      sourceModified = false,
    }, function()
      request('setExceptionBreakpoints', { filters = { 'failed' } }, function()
        request('configurationDone', vim.NIL)
      end)
    end)
  end,
  stopped = function(body)
    table.insert(stops, body)
  end,
  output = function(body)
    say('output: ' .. vim.trim(body.output))
  end,
  terminated = function()
    over = true
  end,
}

local rest = ''
stdout:read_start(function(_, chunk)
  rest = rest .. (chunk or '')
  while true do
    local length, from = rest:match('^Content%-Length: (%d+)\r\n\r\n()')
    if not length or #rest < from - 1 + tonumber(length) then
      return
    end
    local message = vim.json.decode(rest:sub(from, from - 1 + tonumber(length)))
    rest = rest:sub(from + tonumber(length))
    vim.schedule(function()
      if message.type == 'response' then
        callbacks[message.request_seq](message)
      elseif events[message.event] then
        events[message.event](message.body)
      end
    end)
  end
end)

--- The next stop: its top frame, which Neovim jumps to, and the variables of its scopes.
local function stop()
  await('a stop', function()
    return #stops > 0
  end)
  local stopped = table.remove(stops, 1)
  ask('threads')
  local trace = ask('stackTrace', { threadId = stopped.threadId })
  local top = trace.stackFrames[1]
  say(stopped.reason .. ': ' .. top.name)
  if top.source and top.source.path then
    vim.cmd('edit ' .. vim.fn.fnameescape(top.source.path))
    vim.api.nvim_win_set_cursor(0, { top.line, top.column - 1 })
    say('cursor at: ' .. vim.trim(vim.api.nvim_get_current_line()))
  elseif top.source then
    local text = ask('source', { sourceReference = top.source.sourceReference }).content
    say('document: ' .. vim.split(text, '\n')[top.line])
  end
  for _, scope in ipairs(ask('scopes', { frameId = top.id }).scopes) do
    local variables = ask('variables', { variablesReference = scope.variablesReference }).variables
    say('scope ' .. scope.name .. (#variables > 0 and '' or ': empty'))
  end
  return stopped, top
end

ask('initialize', {
  clientId = 'neovim',
  clientname = 'neovim',
  adapterID = 'nvim-dap',
  pathFormat = 'path',
  columnsStartAt1 = true,
  linesStartAt1 = true,
  supportsRunInTerminalRequest = true,
  supportsVariableType = true,
  locale = 'en_US',
})
request('launch', { type = 'tcpflow', request = 'launch', name = 'Debug', program = script })

local stopped = stop()
for _, command in ipairs({ 'next', 'stepIn', 'stepBack', 'continue' }) do
  ask(command, { threadId = stopped.threadId, granularity = 'statement' })
  stopped = stop()
end
local _, top = stopped, ask('stackTrace', { threadId = stopped.threadId }).stackFrames[1]
local answer = ask('evaluate', { expression = 'client.STATE', context = 'repl', frameId = top.id })
say('client.STATE: ' .. answer.result)
ask('continue', { threadId = stopped.threadId })
await('the end', function()
  return over
end)
ask('disconnect', { restart = false, terminateDebuggee = vim.NIL })
await('the exit', function()
  return exit ~= nil
end)
say('exit ' .. exit)
vim.cmd('qall!')
