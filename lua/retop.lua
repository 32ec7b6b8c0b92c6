#!lua
-- retop: publishes the top of a ranking after its size has changed. This changes the top, so it gets a new version.
--
-- KEYS[1]  meta     hash: epoch, version:<board>:<window>
-- KEYS[2]  ranking  sorted set: tie key .. user, by score
-- ARGV[1]  field of the version in meta
-- ARGV[2]  size of the top
-- ARGV[3]  channel of the top
-- Reply: the new version, or nil if the partition is closed
local meta, ranking, version_field = KEYS[1], KEYS[2], ARGV[1]
local state = redis.call('HMGET', meta, 'epoch', version_field)
if not state[1] then return false end
local entries = redis.call('ZREVRANGE', ranking, 0, tonumber(ARGV[2]) - 1, 'WITHSCORES')
local version = string.format('%.0f', (tonumber(state[2]) or 0) + 1)
local time = redis.call('TIME')
redis.call('HSET', meta, version_field, version)
local told = {state[1], version, string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))}
for _, entry in ipairs(entries) do told[#told + 1] = entry end
redis.call('PUBLISH', ARGV[3], table.concat(told, '\n'))
return version
