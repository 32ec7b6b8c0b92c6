#!lua
-- probe: checks whether an update could be written now. Redis refuses the script whenever it would refuse a write: when
-- it is out of memory, on a replica, with a broken disk.
--
-- KEYS[1]  meta  hash: epoch, run, forgotten
-- ARGV[1]  run_id of this server
-- Reply: {epoch, now in ms, last second whose receipts are gone or "" (see apply.lua)}
--        nil if the partition is closed
--        "unverified" if no persister has verified this server
local state = redis.call('HMGET', KEYS[1], 'epoch', 'forgotten', 'run')
if not state[1] then return false end
if state[3] ~= ARGV[1] then
  -- The name of another server goes for the same reason as in apply.lua.
  if state[3] then redis.call('HDEL', KEYS[1], 'run') end
  return 'unverified'
end
local time, forgotten = redis.call('TIME'), string.match(state[2] or '', '^%d*')
return {state[1], string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000)), forgotten}
