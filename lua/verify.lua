#!lua flags=allow-oom
-- verify: lets a partition take writes on this server, after a persister has compared it with the ledger.
--
-- KEYS[1]  meta  hash: epoch, seq, run, rewriting (until the append-only file was rewritten)
-- ARGV[1]  run_id of the server that was compared
-- ARGV[2]  epoch that was compared
-- ARGV[3]  sequence number that was compared; there may be later events by now
-- ARGV[4]  run_id of this server
-- Reply: 1, or 0 if this is not what was compared
local state = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
if ARGV[1] ~= ARGV[4] or ARGV[4] == '' then return 0 end
if state[1] ~= ARGV[2] or (tonumber(state[2]) or 0) < tonumber(ARGV[3]) then return 0 end
-- Two calls make a transaction in the append-only file. It ends what a cut file may have begun (docs/adr/0027).
redis.call('HSET', KEYS[1], 'run', ARGV[4])
redis.call('HSET', KEYS[1], 'rewriting', ARGV[4])
return 1
