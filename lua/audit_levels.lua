#!lua flags=no-writes
-- audit_levels: counts the levels of a ranking that no entry has, in one step for each page of levels.
--
-- KEYS[1]  ranking  sorted set: tie key .. user, by value
-- KEYS[2]  levels   sorted set: each value once, by value
-- ARGV[1]  the value after which the page begins, or "-inf"
-- ARGV[2]  number of levels
-- Reply: {number of levels without an entry, the last value of the page or nil if there are no more}
local call = redis.call
local page = call('ZRANGEBYSCORE', KEYS[2], ARGV[1] == '-inf' and '-inf' or '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])
local strays = 0
for _, level in ipairs(page) do
  if call('ZCOUNT', KEYS[1], level, level) == 0 then strays = strays + 1 end
end
return {strays, #page == tonumber(ARGV[2]) and page[#page] or false}
