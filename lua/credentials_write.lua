#!lua flags=allow-oom
-- credentials_write: tells all nodes of ended sessions and of API keys (docs/adr/0030). All of it counts, or nothing.
--
-- Readers ask for what came after the last session that they have read. So scores grow strictly, whatever Redis' clock
-- does: they are the set's own time. It runs with Redis' clock, but never back, and in one step by 5 s at most. So a
-- step of Redis' clock cannot drop a session while tokens of it are valid.
--
-- KEYS[1]  revoked      sorted set: session by the set's own time, in us
-- KEYS[2]  credentials  hash: run (run_id of the server for which the set was completed from Postgres), completion (the
--                       name of that: readers begin again with each), beat (the set's own time), wall (Redis' time of
--                       that, us), keys_tag, keys (JSON)
-- ARGV[1]  run_id of the server for which this call completes the set; empty if it adds to it
-- ARGV[2]  name of the completion
-- ARGV[3]  how long sessions are kept, in us
-- ARGV[4]  tag of the keys that the caller has seen, empty for none
-- ARGV[5]  tag of the new keys, empty to leave them as they are
-- ARGV[6]  new keys
-- ARGV[7...]  sessions
-- ARGV[#ARGV]  run_id of this server
-- Reply: 1
--        "moved" if this is not the server to complete the set for
--        "changed" if there are other keys than the caller has seen
local revoked, credentials = KEYS[1], KEYS[2]
local call, format = redis.call, string.format
local server, completes = ARGV[#ARGV], ARGV[1] ~= ''
if completes and ARGV[1] ~= server then return 'moved' end
local state = call('HMGET', credentials, 'run', 'beat', 'wall', 'keys_tag')
if ARGV[5] ~= '' and (state[4] or '') ~= ARGV[4] then return 'changed' end
-- Another node was first. A second completion would only make all readers begin again.
if state[1] == server then completes = false end

local time = call('TIME')
local wall = time[1] * 1000000 + time[2]
-- Without their clock, the scores say nothing. Whoever completes the set adds the sessions again.
if not state[2] then call('UNLINK', revoked) end
local passed = wall - (tonumber(state[3]) or wall)
local beat = (tonumber(state[2]) or 0) + math.max(1, math.min(passed, 5000000))
-- Sessions that are there keep their scores. Many go in one call, which costs less.
local added = {}
for index = 7, #ARGV - 1 do
  beat = beat + 1
  added[#added + 1], added[#added + 2] = format('%d', beat), ARGV[index]
  if #added == 1000 or index == #ARGV - 1 then
    call('ZADD', revoked, 'NX', unpack(added))
    added = {}
  end
end
call('ZREMRANGEBYSCORE', revoked, '-inf', '(' .. format('%d', beat - tonumber(ARGV[3])))

local fields = {'beat', format('%d', beat), 'wall', format('%d', wall)}
local function set(name, value) fields[#fields + 1], fields[#fields + 2] = name, value end
if completes then
  set('run', server)
  set('completion', ARGV[2])
elseif state[1] and state[1] ~= server then
  -- A server that has started again may lack sessions. Readers that may use a replica do not compare the names.
  call('HDEL', credentials, 'run')
end
if ARGV[5] ~= '' then
  set('keys_tag', ARGV[5])
  set('keys', ARGV[6])
end
call('HSET', credentials, unpack(fields))
return 1
