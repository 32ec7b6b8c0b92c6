-- Limits for apply.lua, which begins with the text of this file.
-- luacheck: ignore 211

-- Checks the limits of an update, whose arguments begin at `at` and whose key of receipts is `key`. `held` has the
-- values of the keys. Returns the new values and lifetimes of the keys, or nil and the refusal. It changes nothing but
-- values that lie too far ahead.
local function check_limits(key, at, count, now_us, held, expiring)
  local values, lifetimes, format = {}, {}, string.format
  for index = 1, count do
    local first = at + 3 + 3 * index
    local name, cost, most = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
    local limit_key = KEYS[key + index]
    local value = tonumber(held[limit_key] or 0)
    if name == 'daily' then
      if value >= cost then return nil, 'limited daily 0' end
      values[index], lifetimes[index] = format('%d', value + 1), most
    else
      if value > now_us + most then
        -- The limit allows no such value: it was written while the clock was ahead or the limit was longer. Reduce it,
        -- or the user would wait longer than the limit's period. It stays reduced even if this update is refused.
        value = now_us + most
        local place = #expiring
        held[limit_key] = format('%d', value)
        expiring[place + 1], expiring[place + 2] = limit_key, format('%d', value)
        expiring[place + 3] = format('%d', math.ceil(most / 1000))
      end
      local arrival = math.max(value, now_us) + cost
      local early = arrival - now_us - most
      if early > 0 then return nil, format('limited %s %d', name, math.ceil(early / 1000)) end
      values[index], lifetimes[index] = format('%d', arrival), math.ceil((arrival - now_us) / 1000)
    end
  end
  return values, lifetimes
end
