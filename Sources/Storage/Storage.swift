// Storage: the ports of the domain over Redis and Postgres. It is the only target that knows both the domain and the
// stores, and it holds the Lua scripts and the migrations.
//
// It makes no decisions about requests or connections; the roles do. It does not speak the protocols of the stores
// either; `RedisClient` and `PostgresClient` do.
//
// Start with `Redis/Keys/KeySpace.swift`, which lists all keys in Redis. Continue with
// `Redis/Updates/RedisScoreStore.swift` and `lua/apply.lua` for an update, and with
// `Postgres/Ledger/PostgresLedger.swift` for the ledger.
