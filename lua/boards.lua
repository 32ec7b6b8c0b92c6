#!lua
-- boards: publishes the boards and actions, unless another node has published since the caller looked.
--
-- KEYS[1]  catalogue  hash: tag, boards, actions_tag, actions
-- ARGV[1]  the tag that the caller has seen, empty for none
-- ARGV[2]  new tag
-- ARGV[3]  boards, as JSON
-- ARGV[4]  channel
-- ARGV[5]  new tag of the actions, empty if they are not published
-- ARGV[6]  actions, as JSON, empty if they are not published
-- Reply: 1, or 0 if another tag is there by now
local catalogue = KEYS[1]
if (redis.call('HGET', catalogue, 'tag') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', catalogue, 'tag', ARGV[2], 'boards', ARGV[3], 'actions_tag', ARGV[5], 'actions', ARGV[6])
redis.call('PUBLISH', ARGV[4], ARGV[2])
return 1
