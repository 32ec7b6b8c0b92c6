#!lua flags=no-writes
-- rights: which commands the caller may not run, before one of them fails in the middle of a script. It runs none.
--
-- KEYS  1 a name that begins as all keys do
-- ARGV  1 a name that begins as all channels do
--       2 ... commands, as words with single spaces; * stands for the key, & for the channel
-- Reply: those that the ACL refuses, or that the server does not have
local refused = {}
-- Since Redis 7.0; where it is missing, the commands themselves have to tell.
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
