#!lua
-- listen: lets apply.lua publish the moves in the current ranking of a window for some time. Nobody listens most of the
-- time, and then updates publish none.
--
-- KEYS[1]  meta  hash: epoch, listen:<board>:<window> (until when somebody listens, in ms)
-- ARGV[1]  listen:<board>:<window>
-- ARGV[2]  for how long, in ms
-- Reply: until when, in ms; or nil if the partition is closed
local meta, field = KEYS[1], ARGV[1]
local call = redis.call
local state = call('HMGET', meta, 'epoch', field)
if not state[1] then return false end
local time = call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[2])
local known = tonumber(state[2] or '') or 0
-- An end far ahead was set by a clock that has gone back since.
if known < ends or known > ends + 60000 then call('HSET', meta, field, string.format('%d', ends)) end
return ends
