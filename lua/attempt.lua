#!lua
-- attempt: counts attempts to log in. After some failures, attempts have to wait, each time for twice as long.
--
-- KEYS[i]    attempts  string: failures so far, and the ms since 1970 from which an attempt is looked at
-- ARGV[1]    the first wait in ms
-- ARGV[2]    the longest wait in ms
-- ARGV[3]    how long failures are remembered after the wait, in ms
-- ARGV[3+i]  for KEYS[i]: "try <failures without a wait>" counts a failure, unless one of the keys makes it wait;
--            "back" takes one back; "clear" forgets all
-- Reply: 0, or the ms to wait: then nothing was counted
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first, longest, memory = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held, failures, wait = redis.call('MGET', unpack(KEYS)), {}, 0
for index = 1, #KEYS do
  local count, from = string.match(held[index] or '', '^(%d+) (%d+)$')
  failures[index] = tonumber(count or 0)
  -- A time further ahead was written while the clock was ahead.
  local rest = math.min(tonumber(from or 0) - now, longest)
  if string.sub(ARGV[3 + index], 1, 3) == 'try' then wait = math.max(wait, rest) end
end
if wait > 0 then return wait end
for index = 1, #KEYS do
  local count, pause = failures[index], 0
  local most = tonumber(string.match(ARGV[3 + index], '^try (%d+)$'))
  if most then
    count = count + 1
    -- Beyond 2^30 the longest wait is reached in any case.
    if count >= most then pause = math.min(longest, first * 2 ^ math.min(count - most, 30)) end
  elseif ARGV[3 + index] == 'back' then
    -- It was let through, so its wait was over.
    count = count - 1
  else
    count = 0
  end
  if count > 0 then
    local value = string.format('%d %d', count, now + pause)
    redis.call('SET', KEYS[index], value, 'PX', string.format('%d', pause + memory))
  else
    redis.call('UNLINK', KEYS[index])
  end
end
return 0
