-- wrk script of the benchmark: plays a plan file written by bench/load/wrk.ts and prints one JSON line.
--
-- Plan file: "key=value" lines, an empty line, then items as "<length>\n<bytes>\n".
--   kind      rotate | once | successor
--   check     1: look at every response (status, substring of body or Location); 0: wrk's own status count
--   status    accepted statuses, comma separated
--   body      substring the body must contain        (percent-encoded)
--   location  substring Location must contain        (percent-encoded)
--   collect   a file that receives the `code` of each Location

local ffi = require('ffi')
ffi.cdef [[
  typedef struct { long tv_sec; long tv_nsec; } bench_timespec;
  int clock_gettime(int clock, bench_timespec *time);
]]
local time = ffi.new('bench_timespec')
local function now_us()
  ffi.C.clock_gettime(1, time)
  return tonumber(time.tv_sec) * 1e6 + tonumber(time.tv_nsec) / 1e3
end

local function unescape(text)
  return (text:gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end))
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

local plan, next_item, last_item, accepted = {}, 1, 0, {}
local head, tail, collect_file
local probed = false
-- Globals are what `done` can read from this state with thread:get.
items, kind, failures, sample, started_us, finished_us, answered = {}, '', 0, '', 0, 0, 0

local function read_plan(path)
  local file = assert(io.open(path, 'rb'))
  for line in file:lines() do
    if line == '' then break end
    local key, value = line:match('^(%w+)=(.*)$')
    plan[key] = unescape(value)
  end
  while true do
    local length = file:read('*n')
    if not length then break end
    file:read(1)
    last_item = last_item + 1
    items[last_item] = file:read(length)
    file:read(1)
  end
  file:close()
end

function init(args)
  read_plan(args[1])
  kind = plan.kind
  for status in (plan.status or ''):gmatch('%d+') do accepted[tonumber(status)] = true end
  if plan.kind == 'successor' then
    head, tail = items[1], items[2]
    items[1], items[2], next_item = nil, nil, 3
  end
  if plan.collect then collect_file = assert(io.open(plan.collect, 'wb')) end
  if plan.check ~= '1' then response = nil end
end

function request()
  -- wrk calls this once before any connection exists, to see whether requests are pipelined.
  if not probed then
    probed = true
    return 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
  end
  if started_us == 0 then started_us = now_us() end
  if plan.kind == 'rotate' then
    local item = items[next_item]
    next_item = next_item % last_item + 1
    return item
  end
  if next_item > last_item then
    wrk.thread:stop()
    return 'GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\n\r\n'
  end
  local item = items[next_item]
  items[next_item] = nil
  next_item = next_item + 1
  if plan.kind == 'once' then return item end
  local body = tail:gsub('{token}', function() return item end)
  return head .. 'Content-Length: ' .. #body .. '\r\n\r\n' .. body
end

local function fail(status, headers, body)
  failures = failures + 1
  if sample == '' then
    sample = status .. ' ' .. (headers['Location'] or headers['location'] or '') .. ' ' .. (body or ''):sub(1, 300)
  end
end

function response(status, headers, body)
  answered = answered + 1
  finished_us = now_us()
  local location = headers['Location'] or headers['location'] or ''
  if not accepted[status]
    or (plan.body and not body:find(plan.body, 1, true))
    or (plan.location and not location:find(plan.location, 1, true)) then
    return fail(status, headers, body)
  end
  if plan.kind == 'successor' then
    local token = body:match('"refresh_token"%s*:%s*"([^"]+)"')
    if not token then return fail(status, headers, body) end
    last_item = last_item + 1
    items[last_item] = token
  end
  if collect_file then
    local code = location:match('[?&]code=([^&]+)')
    if code then collect_file:write(code, '\n') end
  end
end

local function json_text(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return string.format('\\u%04x', c:byte()) end) .. '"'
end

function done(summary, latency)
  local thread = threads[1]
  local answered_count = thread:get('answered')
  local requests, seconds = summary.requests, summary.duration / 1e6
  if answered_count > 0 then
    requests = answered_count
    seconds = (thread:get('finished_us') - thread:get('started_us')) / 1e6
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  local failed = thread:get('failures')
  if answered_count == 0 then failed = errors.status end
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50Ms":%.3f,"p99Ms":%.3f,"failures":%d,"lost":%d,"bytes":%d,"sample":%s}\n',
    requests, seconds, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed, lost, summary.bytes, json_text(thread:get('sample'))))
  -- Tokens in flight when the run ended are dropped: nobody knows whether they were rotated.
  if thread:get('kind') == 'successor' then
    for _, token in pairs(thread:get('items')) do io.write('left ', token, '\n') end
  end
end
