import EventLoops
import NIOCore
import NIOPosix
import Testing

/// Values of event loops.
@Suite struct LoopLocalTests {
    @Test func eachLoopHasItsOwn() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        let loops = Array(group.makeIterator())
        var count = 0
        let values = LoopLocal(loops) { _ in
            defer { count += 1 }
            return count
        }
        #expect(values.references.map { ObjectIdentifier($0.eventLoop) } == loops.map { ObjectIdentifier($0) })
        for (index, loop) in loops.enumerated() {
            #expect(try await loop.submit { values.value(on: loop) }.get() == index)
            #expect(try await loop.submit { values.reference(on: loop)?.value }.get() == index)
        }
        values.update { $0 += 10 }
        values.update { $0 *= 2 }
        for (index, loop) in loops.enumerated() {
            #expect(try await loop.submit { values.value(on: loop) }.get() == 2 * (index + 10))
        }
        try await group.shutdownGracefully()
    }

    @Test func otherLoopsHaveNone() async throws {
        let groups = (0..<2).map { _ in MultiThreadedEventLoopGroup(numberOfThreads: 1) }
        let values = LoopLocal(groups[0]) { "value" }
        let other = groups[1].next()
        #expect(try await other.submit { values.value(on: other) == nil }.get())
        #expect(values.reference(on: other) == nil)
        for group in groups { try await group.shutdownGracefully() }
    }

    @Test func aReferenceKeepsTheOrder() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        final class Log { var lines: [Int] = [] }
        let log = LoopReference(Log(), on: loop)
        for number in 0..<10 { log.execute { $0.lines.append(number) } }
        #expect(try await loop.submit { log.value.lines }.get() == Array(0..<10))
        try await group.shutdownGracefully()
    }
}
