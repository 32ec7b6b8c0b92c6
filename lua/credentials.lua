#!lua flags=no-writes
-- credentials: reads which sessions have ended, and the API keys, as far as the caller does not know them.
--
-- KEYS[1]  revoked      sorted set: session by the set's own time, see credentials_write.lua
-- KEYS[2]  credentials  hash: run, completion, beat, keys_tag, keys
-- ARGV[1]  completion that the caller reads, empty for none
-- ARGV[2]  time up to which it has read that completion
-- ARGV[3]  most sessions to return
-- ARGV[4]  tag of the keys that the caller has, empty for none
-- ARGV[5]  run_id of this server; readers that may use a replica leave it out
-- Reply: {run_id of this server or "", run or nil, completion or nil, beat or nil, {session, time, ...},
--        keys_tag or nil, keys, or nil if the caller has them}
local state = redis.call('HMGET', KEYS[2], 'run', 'completion', 'beat', 'keys_tag')
local since = state[2] == ARGV[1] and ARGV[2] or '0'
local sessions = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local keys = state[4] and state[4] ~= ARGV[4] and redis.call('HGET', KEYS[2], 'keys')
return {ARGV[5] or '', state[1], state[2], state[3], sessions, state[4], keys}
