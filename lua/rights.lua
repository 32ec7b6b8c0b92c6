#!lua flags=no-writes
-- rights: finds the commands that the caller may not run, before one of them fails in the middle of a script. It runs
-- none of them.
--
-- KEYS[1]   a name with the prefix of all keys
-- ARGV[1]   a name with the prefix of all channels
-- ARGV[2...]  commands, as words separated by single spaces; * stands for the key, & for the channel
-- Reply: the commands that the ACL refuses or that the server does not have
local refused = {}
-- Exists since Redis 7.0. Without it, only running the commands shows whether they are allowed.
local check = redis.acl_check_cmd
if not check then return refused end
local names = {['*'] = KEYS[1], ['&'] = ARGV[1]}
for index = 2, #ARGV do
  local words = {}
  for word in string.gmatch(ARGV[index], '%S+') do words[#words + 1] = names[word] or word end
  local known, allowed = pcall(check, unpack(words))
  if not (known and allowed) then refused[#refused + 1] = words[1] end
end
return refused
