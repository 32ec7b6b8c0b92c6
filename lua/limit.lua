#!lua
-- limit: counts something that may be done so often in a time, by GCRA (see apply_limits.lua).
--
-- KEYS[1]  limit  string: the due time in µs since 1970
-- ARGV[1]  the time from one to the next at the steady rate, in µs
-- ARGV[2]  how far the due time may be ahead, in µs
-- Reply: 0, or the ms to wait: then nothing was counted
local time = redis.call('TIME')
local now, most = time[1] * 1000000 + time[2], tonumber(ARGV[2])
-- A due time further ahead was written while the clock was ahead.
local due = math.min(tonumber(redis.call('MGET', KEYS[1])[1] or 0), now + most)
local arrival = math.max(due, now) + tonumber(ARGV[1])
local early = arrival - now - most
if early > 0 then return math.ceil(early / 1000) end
redis.call('SET', KEYS[1], string.format('%d', arrival), 'PX', string.format('%d', math.ceil((arrival - now) / 1000)))
return 0
