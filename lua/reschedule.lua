#!lua
-- reschedule: changes the time from which a ranking is sealed, unless it is sealed already.
--
-- KEYS[1]  open   sorted set: <board>:<window>:<period>, by the time from which it is sealed, in ms
-- KEYS[2]  seals  hash, see seal.lua
-- ARGV[1]  <board>:<window>:<period>
-- ARGV[2]  the time in ms, or "+inf" for never
-- ARGV[3]  the time in ms that the caller found; empty for any. A node that paused must not undo a later change
-- Reply: 1, or 0 if it is sealed, or has another time by now
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
if ARGV[3] ~= '' then
  local cut = redis.call('ZSCORE', KEYS[1], ARGV[1])
  if not cut or tonumber(cut) ~= tonumber(ARGV[3]) then return 0 end
end
redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])
return 1
