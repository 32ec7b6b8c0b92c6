// Worker: applies awards, and runs followers of the ledger. Every node of the game services does this; leases and row
// locks in the database decide who does what.
//
// Start with `AwardWorker` and `FollowerRunner`; `AwardSender` says what becomes of one award.
