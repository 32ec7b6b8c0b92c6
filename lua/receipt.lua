#!lua flags=no-writes
-- receipt: looks up whether an action id has counted, for an update that would be refused for another reason.
--
-- KEYS[1]  meta      hash: epoch
-- KEYS[2]  receipts  hash: the receipts of the second of the action id's issue (see apply.lua)
-- ARGV[1]  signature
-- ARGV[2]  the request's new_score, or "-"
-- Reply, a string:
--   "replayed <score> <rank> <board>"
--   "reused"   the action id counted with another new_score
--   "none"     there is no receipt
--   "closed"   the partition is closed, so its receipts may be about to be replaced
if not redis.call('HGET', KEYS[1], 'epoch') then return 'closed' end
local receipt = redis.call('HGET', KEYS[2], ARGV[1])
if not receipt then return 'none' end
local cut = string.find(receipt, ' ', 1, true)
if string.sub(receipt, 1, cut - 1) ~= ARGV[2] then return 'reused' end
return 'replayed' .. string.sub(receipt, cut)
