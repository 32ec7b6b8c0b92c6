-- The rankings of targets for apply.lua, which begins with the text of this file: ranks of users after the moves that
-- were collected, and writing these moves.
-- luacheck: ignore 211

-- Returns how many values of a target are not worse than this one; with `prefix` "(" how many are better.
local function count_from(target, prefix, text, value)
  local count = redis.call('ZCOUNT', target.ranking, prefix .. text, '+inf')
  local befores, afters = target.befores, target.afters
  for index = 1, target.count do
    local before, after = befores[index], afters[index]
    if after > value or (after == value and prefix == '') then count = count + 1 end
    if before and (before > value or (before == value and prefix == '')) then count = count - 1 end
  end
  return count
end

-- Returns a user's place in the list, from 0. Redis counts it, so `settle` first writes all that was collected.
local function place_of(target, place, user, settle)
  settle()
  return redis.call('ZREVRANK', target.ranking, string.sub(place, 1, 16) .. user)
end

-- Returns the rank of a user after the change from the value `old`, nil for a newcomer, to another one. The user is the
-- newest of those with equal values.
local function rank_moved(target, value, text, old, settle)
  local own = (old and value < old) and 0 or 1
  if not target.levels then return count_from(target, '(', text, value) + own end
  settle()
  local better = redis.call('ZCOUNT', target.levels, '(' .. text, '+inf')
  if own == 0 then
    local level = string.format('%d', old)
    if redis.call('ZCOUNT', target.ranking, level, level) == 1 then better = better - 1 end
  end
  return better + 1
end

-- Returns the rank of a user whose value stays as it is.
local function rank_kept(target, value, text, place, user, settle)
  if target.is_shared then return count_from(target, '(', text, value) + 1 end
  if not target.levels then return place_of(target, place, user, settle) + 1 end
  settle()
  return redis.call('ZCOUNT', target.levels, '(' .. text, '+inf') + 1
end

-- Returns whether the top changes when a user moves from the value `old` to another one, and so gets a rank.
local function changes_top(target, value, text, old, rank, place, user, settle)
  local top = target.top
  if rank <= top then
    if not target.levels and not target.is_shared then return true end
    -- The users who share the rank came earlier, so they are before this one in the list.
    if count_from(target, '', text, value) + ((old and value < old) and 0 or 1) <= top then return true end
  end
  return old and value < old and place_of(target, place, user, settle) < top
end

-- Returns the channel of a target's moves, and the message: the period and the time in ms, and then for each user three
-- lines: the id, the place before (empty for a newcomer) and the place after. To be called before they are written. The
-- channel is that of the top with another name.
local function tell_moves(target, now_ms)
  local name = string.sub(target.version_field, 8)
  local lines, places = {string.match(target.line, '[^ ]*$'), now_ms}, target.places
  for user, before in pairs(target.places_before) do
    local count = #lines
    lines[count + 1], lines[count + 2], lines[count + 3] = user, before or '', places[user]
  end
  local head = string.sub(target.channel, 1, #target.channel - #name - 3)
  return {head .. 'moves' .. name, table.concat(lines, '\n')}
end

-- Writes the moves of a target. If somebody listens to them, adds what tells them to `moved`.
local function write_moves(target, now_ms, moved)
  if target.listens and target.is_current then moved[#moved + 1] = tell_moves(target, now_ms) end
  local gone, come, member, places = {}, {}, {}, target.places
  for user, before in pairs(target.places_before) do
    if before then gone[#gone + 1] = string.sub(before, 1, 16) .. user end
    local place, count = places[user], #come
    -- A place is a tie key of 16 digits, the score, a space, and a time of 13 digits.
    local text = string.sub(place, 17, -15)
    if target.sign == -1 then text = string.format('%d', -tonumber(text)) end
    come[count + 1], come[count + 2] = text, string.sub(place, 1, 16) .. user
    member[count + 1], member[count + 2] = user, place
  end
  if #gone > 0 then redis.call('ZREM', target.ranking, unpack(gone)) end
  redis.call('ZADD', target.ranking, unpack(come))
  redis.call('HSET', target.members, unpack(member))
  if target.levels then
    for index = 1, #come, 2 do redis.call('ZADD', target.levels, come[index], come[index]) end
    for _, before in ipairs(target.befores) do
      local level = string.format('%d', before or 0)
      if before and redis.call('ZCOUNT', target.ranking, level, level) == 0 then
        redis.call('ZREM', target.levels, level)
      end
    end
  end
  target.places_before, target.befores, target.afters = {}, {}, {}
  target.count = 0
end
