// Worker: applies awards, and runs followers of the ledger.
