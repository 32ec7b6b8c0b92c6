import HTTPKit
import Listener
import NIOCore
import NIOHTTP1
import Testing

/// The transitions of `Turn`.
@Suite struct TurnTests {
    private static func part(_ number: Int) -> HTTPServerRequestPart { .body(ByteBuffer(integer: UInt8(number))) }

    @Test("a part is taken if nothing waits before it and it need not wait; else it waits, up to the bound")
    func arrivals() {
        let cases: [(waiting: Int, mustWait: Bool, arrival: Turn.Arrival)] = [
            (0, false, .take), (0, true, .wait), (1, false, .wait), (1, true, .wait), (2, false, .refuse),
            (2, true, .refuse),
        ]
        for (waiting, mustWait, arrival) in cases {
            var turn = Turn()
            for number in 0..<waiting {
                #expect(turn.receive(Self.part(number), mustWait: true, partsMax: 2) == .wait)
            }
            #expect(turn.receive(Self.part(9), mustWait: mustWait, partsMax: 2) == arrival, "\(waiting) \(mustWait)")
            #expect(turn.waitingCount == waiting + (arrival == .wait ? 1 : 0))
            #expect(turn.isCaughtUp == (turn.waitingCount == 0))
        }
    }

    @Test("parts that wait come back in their order, once")
    func order() {
        var turn = Turn()
        for number in 0..<3 { _ = turn.receive(Self.part(number), mustWait: true, partsMax: 9) }
        #expect((0..<4).map { _ in turn.next() } == [Self.part(0), Self.part(1), Self.part(2), nil])
        _ = turn.receive(Self.part(3), mustWait: true, partsMax: 9)
        turn.dropWaiting()
        #expect(turn.isCaughtUp)
        #expect(turn.next() == nil)
    }

    @Test("parts are taken by one caller at a time; outside of a read, the turn ends with it")
    func advancing() {
        var turn = Turn()
        #expect(turn.beginAdvancing() == true)
        #expect(turn.beginAdvancing() == false, "further up the stack")
        #expect(turn.endAdvancing() == true, "no read: the turn ends")
        turn.beginReading()
        #expect(turn.beginAdvancing() == true)
        #expect(turn.endAdvancing() == false, "the end of the read will be the end of the turn")
        turn.endReading(hasForwarded: false)
        #expect(turn.beginAdvancing() == true)
        #expect(turn.endAdvancing() == true)
    }

    @Test("Hummingbird is told once for each turn in which it got something")
    func forwarding() {
        var turn = Turn()
        #expect(turn.takeForwarded() == false)
        turn.recordForwarded()
        turn.endReading(hasForwarded: false)
        #expect(turn.takeForwarded() == true)
        #expect(turn.takeForwarded() == false)
        turn.endReading(hasForwarded: true)
        #expect(turn.takeForwarded() == true)
    }

    @Test("a held read is released once")
    func reads() {
        var turn = Turn()
        #expect(turn.releaseRead() == false)
        turn.holdRead()
        turn.holdRead()
        #expect(turn.releaseRead() == true)
        #expect(turn.releaseRead() == false)
    }

    @Test("answers are gathered in their order, and handed over once")
    func answers() {
        var turn = Turn()
        #expect(turn.takeGathered() == nil)
        turn.gatherContinue()
        let response = FastResponse(status: .ok, body: ByteBuffer(string: "one"))
        #expect(turn.gather(response, date: "now", connection: .implied, omitsBody: false) == false)
        let text = String(buffer: turn.takeGathered() ?? ByteBuffer())
        #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\none"))
        #expect(turn.takeGathered() == nil)
    }

    @Test("a turn says when enough is gathered to write it before its end")
    func muchAtOnce() {
        var turn = Turn()
        let response = FastResponse(status: .ok, body: ByteBuffer(repeating: 0, count: 20 * 1024))
        #expect(turn.gather(response, date: "now", connection: .implied, omitsBody: false) == false)
        #expect(turn.gather(response, date: "now", connection: .close, omitsBody: false) == true)
        #expect((turn.takeGathered()?.readableBytes ?? 0) > 40 * 1024)
        #expect(turn.gather(response, date: "now", connection: .implied, omitsBody: true) == false)
    }
}
