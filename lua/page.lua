#!lua flags=no-writes
-- page: reads a page of a ranking and the version that it belongs to, in one step.
--
-- KEYS[1]  meta     hash: epoch, version:<board>:<window>
-- KEYS[2]  ranking  sorted set: tie key .. user, by score
-- ARGV[1]  field of the version in meta
-- ARGV[2]  number of entries wanted
-- ARGV[3]  score of the entry after which the page starts
-- ARGV[4]  member of that entry; empty for the head of the ranking
-- Reply: {epoch, version, now in ms, total, rank of the first entry from 0, {member, score, member, score, ...}}, or
--        nil if the partition is closed
local meta, ranking = KEYS[1], KEYS[2]
local score, member = ARGV[3], ARGV[4]
local state = redis.call('HMGET', meta, 'epoch', ARGV[1])
if not state[1] then return false end
-- Equal scores are ordered by member, descending. Find the place among them, even if the member has moved away.
local start = 0
if member ~= '' then
  start = redis.call('ZCOUNT', ranking, '(' .. score, '+inf')
  local beyond = redis.call('ZCOUNT', ranking, score, '+inf')
  while start < beyond do
    local middle = math.floor((start + beyond) / 2)
    if redis.call('ZREVRANGE', ranking, middle, middle)[1] < member then beyond = middle else start = middle + 1 end
  end
end
local time = redis.call('TIME')
return {
  state[1], state[2] or '0', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)),
  redis.call('ZCARD', ranking), start,
  redis.call('ZREVRANGE', ranking, start, start + ARGV[2] - 1, 'WITHSCORES'),
}
