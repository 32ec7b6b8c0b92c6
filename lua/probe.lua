#!lua
-- probe: checks whether an update could be written now. It writes nothing, but Redis refuses it whenever it would
-- refuse a write: when it is out of memory, on a replica, with a broken disk.
--
-- KEYS[1]  meta  hash: epoch, forgotten
-- Reply: {epoch, now in ms, last second whose receipts are gone or "" (see apply.lua)}, or nil if the partition is
--        closed
local state = redis.call('HMGET', KEYS[1], 'epoch', 'forgotten')
if not state[1] then return false end
local time, forgotten = redis.call('TIME'), string.match(state[2] or '', '^%d*')
return {state[1], string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000)), forgotten}
