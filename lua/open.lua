#!lua
-- open: opens a closed partition under a new epoch. Leaves a partition as it is if it is open or awaits its rebuild.
--
-- KEYS[1]  meta  hash: epoch, seq, awaits_rebuild
-- ARGV[1]  new epoch
-- ARGV[2]  sequence number to continue from
-- Reply: {the epoch that holds now, the sequence number}, or nil if the partition awaits its rebuild
if string.format('%d', 9007199254740991) ~= '9007199254740991' then
  return redis.error_reply('ERR open: scores need a Redis of 64 bits')
end
local meta = KEYS[1]
local state = redis.call('HMGET', meta, 'epoch', 'seq', 'awaits_rebuild')
if state[3] then return false end
if state[1] then return {state[1], state[2] or '0'} end
local seq = math.max(tonumber(state[2]) or 0, tonumber(ARGV[2]))
redis.call('HSET', meta, 'epoch', ARGV[1], 'seq', string.format('%d', seq))
return {ARGV[1], string.format('%d', seq)}
