import Gateway
import Testing

/// Which reads have to end before watchers are told that what they see is current.
@Suite struct AwaitedReadsTests {
    @Test("Only a read that began late enough counts, and a ranking that is gone is not waited for")
    func tickets() {
        var reads = AwaitedReads()
        #expect(reads.isEmpty)
        reads.add(1, ticket: 5)
        reads.add(2, ticket: 1)
        reads.add(3, ticket: 2)
        reads.recordEnd(1, ticket: 4)
        reads.recordEnd(2, ticket: 2)
        reads.recordEnd(9, ticket: 9)
        reads.forget(3)
        #expect(!reads.isEmpty, "the read of 1 began too early")
        reads.recordEnd(1, ticket: 5)
        #expect(reads.isEmpty)
    }
}
