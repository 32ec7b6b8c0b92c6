#!lua flags=no-writes
-- receipt: whether an action id has counted, for an update that would be refused for another reason.
--
-- KEYS  1 meta   2 receipts of the second of its issue (see apply.lua)
-- ARGV  1 signature   2 the request's new_score, or "-"
-- Reply: "replayed <score> <rank> <board>" | "reused": it counted with another new_score | "none"
--        | "closed": what is there may be about to be replaced
if not redis.call('HGET', KEYS[1], 'epoch') then return 'closed' end
local receipt = redis.call('HGET', KEYS[2], ARGV[1])
if not receipt then return 'none' end
local cut = string.find(receipt, ' ', 1, true)
if string.sub(receipt, 1, cut - 1) ~= ARGV[2] then return 'reused' end
return 'replayed' .. string.sub(receipt, cut)
