#!lua flags=allow-oom
-- turn: makes a period the current one of its window, unless it or a later one is already. The top of another period
-- is another top, so it gets a new version. On request the top also gets a new version if the period is the current one
-- already: after the size of the top has changed.
--
-- Redis' clock decides which period is current, but once a period has begun, a clock that goes back does not bring back
-- the one before: an earlier time counts as the start of the current period.
--
-- KEYS[1]  meta     hash: epoch, form:<board>, version:<board>:<window>, period:<board>:<window>
-- KEYS[2]  ranking  sorted set: tie key .. user, by value
-- ARGV[1]  field of the form in meta
-- ARGV[2]  generation of the board; a board that has a newer form is left as it is
-- ARGV[3]  field of the version in meta
-- ARGV[4]  field of the period in meta: "<start, ms> <name>"
-- ARGV[5]  channel of the top
-- ARGV[6]  size of the top
-- ARGV[7]  name of the period
-- ARGV[8]  start of the period in ms; empty if it never ends, since then meta has no period
-- ARGV[9], ARGV[10]  times between which it is the current one, in ms, half-open
-- ARGV[11]  "again" to publish the top of the current period in any case, otherwise empty
-- Reply: {now in ms, the time that counts in ms}, or nil if the partition is closed
local meta, version_field, period_field = KEYS[1], ARGV[3], ARGV[4]
local call, format = redis.call, string.format
local state = call('HMGET', meta, 'epoch', ARGV[1], version_field, period_field)
if not state[1] then return false end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local version, stamp, start = tonumber(state[3]) or 0, state[4], tonumber(ARGV[8])
local started = stamp and tonumber(string.match(stamp, '^%-?%d+'))
local counts = math.max(now, started or 0)
local reply = {format('%d', now), format('%d', counts)}

if state[2] and tonumber(state[2]) > tonumber(ARGV[2]) then return reply end
if counts < tonumber(ARGV[9]) or counts >= tonumber(ARGV[10]) then return reply end
local is_new = false
if start then
  -- The first period of a window has version 0 until its top changes.
  if stamp then is_new = started < start else is_new = version > 0 end
  if is_new or not stamp then call('HSET', meta, period_field, ARGV[8] .. ' ' .. ARGV[7]) end
end
if not is_new and ARGV[11] == '' then return reply end

version = format('%d', version + 1)
call('HSET', meta, version_field, version)
local told = {state[1], version, reply[1], ARGV[7]}
for _, text in ipairs(call('ZREVRANGE', KEYS[2], 0, tonumber(ARGV[6]) - 1, 'WITHSCORES')) do told[#told + 1] = text end
call('PUBLISH', ARGV[5], table.concat(told, '\n'))
return reply
