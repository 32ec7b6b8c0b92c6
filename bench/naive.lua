-- naive: the script with which `apply` is compared. A score without a tie rule, an action that counts once, an event,
-- and the top when it changes; no epoch, no stored outcome, no order of events that a ledger could rely on.
-- KEYS: board, receipt, outbox, meta   ARGV: user, points, receipt lifetime in ms, channel
local call = redis.call
if not call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then return {0, 'replayed'} end
local score = call('ZINCRBY', KEYS[1], ARGV[2], ARGV[1])
local rank = call('ZREVRANK', KEYS[1], ARGV[1])
call('XADD', KEYS[3], 'MAXLEN', '~', '100000', '*', 'user', ARGV[1], 'points', ARGV[2], 'score', score)
if rank < 10 then
  call('PUBLISH', ARGV[4], call('HINCRBY', KEYS[4], 'version', 1) .. '\n'
    .. table.concat(call('ZREVRANGE', KEYS[1], 0, 9, 'WITHSCORES'), '\n'))
end
return {1, score, rank}
