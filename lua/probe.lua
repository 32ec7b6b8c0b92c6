#!lua
-- probe: whether an update could be written now. It writes nothing, but Redis refuses it wherever it would refuse a
-- write: out of memory, on a replica, with a broken disk.
--
-- KEYS  1 meta
-- Reply: the epoch, or nil while the partition is closed
return redis.call('HGET', KEYS[1], 'epoch')
