#!lua
-- rights: which commands Redis' ACL refuses to the user of this connection. Nothing is executed but the look.
--
-- ARGV  one command each, its words parted by spaces, with the keys and channels that it is used on
-- Reply: the numbers of the commands that are refused, beginning with 1
local refused = {}
for number, command in ipairs(ARGV) do
    local words = {}
    for word in command:gmatch('%S+') do
        words[#words + 1] = word
    end
    -- A command that this Redis does not know is an error here.
    local known, allowed = pcall(redis.acl_check_cmd, unpack(words))
    if not (known and allowed) then
        refused[#refused + 1] = number
    end
end
return refused
