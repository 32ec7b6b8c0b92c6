#!lua
-- open: opens a closed partition under a new epoch. Leaves a partition as it is if it is open or awaits its rebuild.
--
-- KEYS[1]  meta  hash: epoch, run, seq, awaits_rebuild
-- ARGV[1]  new epoch
-- ARGV[2]  sequence number to continue from
-- ARGV[3]  run_id of the server that was compared with the ledger
-- ARGV[4]  run_id of this server
-- Reply: {the epoch that holds now, the sequence number}
--        nil if the partition awaits its rebuild
--        "moved" if this is not the server that was compared
if string.format('%d', 9007199254740991) ~= '9007199254740991' then
  return redis.error_reply('ERR open: scores need a Redis of 64 bits')
end
local meta = KEYS[1]
if ARGV[3] ~= ARGV[4] or ARGV[4] == '' then return 'moved' end
local state = redis.call('HMGET', meta, 'epoch', 'seq', 'awaits_rebuild')
if state[3] then return false end
if state[1] then return {state[1], state[2] or '0'} end
local seq = math.max(tonumber(state[2]) or 0, tonumber(ARGV[2]))
redis.call('HSET', meta, 'epoch', ARGV[1], 'seq', string.format('%d', seq), 'run', ARGV[4])
return {ARGV[1], string.format('%d', seq)}
