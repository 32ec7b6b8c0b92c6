#!lua flags=no-writes
-- receipt: looks up whether an action id has counted, for an update that would be refused for another reason.
--
-- KEYS[1]  meta      hash: epoch, run
-- KEYS[2]  receipts  hash: the receipts of the second of the action id's issue (see apply.lua)
-- ARGV[1]  signature
-- ARGV[2]  the request's new_score, or "-"
-- ARGV[3]  run_id of this server
-- Reply, a string:
--   "replayed <score> <rank> <board>"
--   "reused"   the action id counted with another new_score
--   "none"     there is no receipt
--   "closed"   the partition is closed, so its receipts may be about to be replaced; or no persister has verified this
--              server, so receipts may be missing
local state = redis.call('HMGET', KEYS[1], 'epoch', 'run')
if not state[1] or state[2] ~= ARGV[3] then return 'closed' end
local receipt = redis.call('HGET', KEYS[2], ARGV[1])
if not receipt then return 'none' end
local cut = string.find(receipt, ' ', 1, true)
if string.sub(receipt, 1, cut - 1) ~= ARGV[2] then return 'reused' end
return 'replayed' .. string.sub(receipt, cut)
