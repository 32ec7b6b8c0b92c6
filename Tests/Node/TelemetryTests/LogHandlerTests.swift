import Basics
import Foundation
import Logging
import NodeTestSupport
import Settings
import Telemetry
import TestSupport
import Testing

private struct SampleError: Error, CustomStringConvertible {
    let description = "went \"wrong\""
}

/// 2026-11-20T22:35:00.123Z
private let instant: Int64 = 1_795_214_100_123

@Suite("JSON log lines")
struct JSONLogHandlerTests {
    private let log = CapturedLog()

    private func logger(_ provider: Logger.MetadataProvider? = nil) -> Logger {
        let sink = log.sink
        return Logger(label: "scorecast.test") { label in
            var handler = JSONLogHandler(label: label, sink: sink, metadataProvider: provider, clock: { instant })
            handler.logLevel = .trace
            return handler
        }
    }

    @Test("a line is exactly this")
    func golden() {
        logger().info(
            "hello", metadata: ["user": "u1", "count": .stringConvertible(3), "ok": .stringConvertible(true)],
            source: "S")
        #expect(
            log.texts == [
                #"{"time":"2026-11-20T22:35:00.123Z","level":"info","logger":"scorecast.test","source":"S","#
                    + #""message":"hello","count":3,"ok":true,"user":"u1"}"# + "\n"
            ])
    }

    @Test(
        "any text is logged unchanged, on one line",
        arguments: [
            "", "\"\\/", "a\nb\r\nc\td\u{0}\u{1}\u{1f}\u{7f}", "ü€😀\u{10FFFF}", "\u{85}\u{2028}\u{2029}\u{9b}31m",
            "\u{1b}[31mred", "{\"a\":1}", "e\u{301}", String(decoding: [0xff, 0xfe, 0x41, 0xc3], as: UTF8.self),
        ])
    func nasty(_ text: String) throws {
        logger().error(
            "\(text)",
            metadata: ["k\(text)": "\(text)", "list": ["\(text)", ["in": "\(text)"]], "n": .stringConvertible(text)])
        let object = try log.object()
        #expect(object["message"] as? String == text)
        #expect(object["k\(text)"] as? String == text && object["n"] as? String == text)
        let list = try #require(object["list"] as? [Any])
        #expect(list.first as? String == text && (list.last as? [String: String]) == ["in": text])
        let line = try #require(log.lines.first)
        #expect(line.last == 0x0a && !line.dropLast().contains { $0 < 0x20 || $0 == 0x7f })
        let breaks: Set<Unicode.Scalar> = ["\u{85}", "\u{2028}", "\u{2029}", "\u{9b}"]
        #expect(!String(decoding: line, as: UTF8.self).unicodeScalars.contains { breaks.contains($0) })
    }

    @Test("metadata cannot replace the line's own fields, nor each other")
    func reservedNames() throws {
        let log = log
        logger().log(
            level: .warning, "m", error: SampleError(),
            metadata: ["time": "t", "level": "l", "message": "x", "message_": "y", "error": "e", "truncated": "no"])
        let object = try log.object()
        #expect(object["level"] as? String == "warning" && object["message"] as? String == "m")
        #expect(object["error"] as? String == "went \"wrong\"" && object["error_"] as? String == "e")
        #expect(object["time_"] as? String == "t" && object["truncated_"] as? String == "no")
        #expect(object["message_"] as? String == "x" && object["message__"] as? String == "y")
        #expect(object.count == 12)
    }

    @Test("numbers and booleans keep their type, and values that JSON cannot express become text")
    func literals() throws {
        logger().info(
            "m",
            metadata: [
                "a": .stringConvertible(Int64.min), "b": .stringConvertible(0.1), "c": .stringConvertible(false),
                "d": .stringConvertible(Double.nan), "e": .stringConvertible(1e300),
                "f": .stringConvertible(Secret("sesame")),
            ])
        let object = try log.object()
        #expect(object["a"] as? Int64 == .min && object["b"] as? Double == 0.1 && object["c"] as? Bool == false)
        #expect(object["d"] as? String == "nan" && object["e"] as? Double == 1e300)
        #expect(object["f"] as? String == "<redacted>")
    }

    @Test("the event's metadata takes precedence over the logger's, and the logger's over the context's")
    func precedence() throws {
        var logger = logger(Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.info("m", metadata: ["a": "event"])
        let object = try log.object()
        #expect([object["a"], object["b"], object["c"]] as? [String] == ["event", "logger", "provider"])
    }

    @Test("a line is bounded, stays JSON and says that it was cut")
    func bounds() throws {
        let long = String(repeating: "\u{1}😀\"", count: 100_000)
        var metadata: Logger.Metadata = [:]
        for i in 0..<500 { metadata["k\(i)"] = "\(long)" }
        metadata["a"] = .array(Array(repeating: .dictionary(["x": "\(long)"]), count: 1_000))
        var deep: Logger.MetadataValue = "end"
        for _ in 0..<1_000 { deep = .array([deep]) }
        metadata["b"] = deep
        logger().info("\(long)", metadata: metadata)
        let object = try log.object()
        #expect(object["truncated"] as? Bool == true && object["b"] != nil && object["a"] == nil)
        #expect((object["message"] as? String)?.hasSuffix("…") == true)
        #expect(try #require(log.lines.first).count <= LogSink.lineBytesMax)
    }
}

@Suite("Text log lines, sinks and times")
struct TextLogTests {
    private let log = CapturedLog()

    private func logger() -> Logger {
        let sink = log.sink
        return Logger(label: "app") { label in TextLogHandler(label: label, sink: sink, clock: { instant }) }
    }

    @Test("levels are aligned, values quoted if necessary")
    func golden() {
        logger().info("started", metadata: ["port": "8080", "at": "a b", "empty": "", "list": ["x", ["k": "v"]]])
        logger().critical("bad\nline \u{1b}[0m", metadata: ["q": "say \"hi\""])
        logger().debug("not shown")
        #expect(
            log.texts == [
                #"2026-11-20T22:35:00.123Z INFO     app: started at="a b" empty="" list="[x, [k: v]]" port=8080"#
                    + "\n",
                #"2026-11-20T22:35:00.123Z CRITICAL app: bad\nline \u001b[0m q="say \"hi\"""# + "\n",
            ])
    }

    @Test("a line is bounded")
    func bounds() throws {
        let long = String(repeating: "x\n", count: 100_000)
        var metadata: Logger.Metadata = [:]
        for i in 0..<500 { metadata["k\(i)"] = "\(long)" }
        logger().info("\(long)", metadata: metadata)
        let line = try #require(log.lines.first)
        #expect(line.count <= LogSink.lineBytesMax && line.count > 8_000)
        #expect(line.firstIndex(of: 0x0a) == line.count - 1)
    }

    @Test("the chosen format and level reach the handler")
    func chosen() throws {
        let json = LogOutput.handler(label: "a", format: .json, level: .error, sink: log.sink)
        let text = LogOutput.handler(label: "a", format: .text, level: .trace, sink: log.sink)
        #expect(json is JSONLogHandler && json.logLevel == .error)
        #expect(text is TextLogHandler && text.logLevel == .trace)
        let quiet = Logger(label: "a") { _ in json }
        quiet.warning("not shown")
        quiet.error("shown")
        #expect(try log.object()["message"] as? String == "shown" && log.lines.count == 1)
    }

    @Test("lines of many tasks reach a descriptor undivided")
    func descriptor() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("log", "")
        let file = try #require(FileHandle(forWritingAtPath: path))
        let sink = LogSink(fileDescriptor: file.fileDescriptor)
        let (tasks, each) = (8, 200)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    let logger = Logger(label: "t") { JSONLogHandler(label: $0, sink: sink) }
                    let filler = String(repeating: "\(task)", count: 1_500)
                    for i in 0..<each {
                        logger.info(
                            "m", metadata: ["id": "\(task)-\(i)", "a": "\(filler)", "b": "\(filler)", "c": "\(filler)"])
                    }
                }
            }
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let ids = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["id"] as? String
        }
        #expect(Set(ids).count == tasks * each && lines.count == tasks * each)
        #expect(sink.droppedLines == 0)
    }

    @Test("a pipe that nobody reads loses lines and does not block the caller; after it is read again, lines are whole")
    func stalled() throws {
        let pipe = Pipe()
        let sink = LogSink(fileDescriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = Logger(label: "t") { JSONLogHandler(label: $0, sink: sink) }
        // Each line takes three writes, and they do not divide the pipe's buffer evenly, so the last line that fits is
        // cut.
        let metadata = Logger.Metadata(
            uniqueKeysWithValues: ["a", "b", "c", "d", "e"].map { ($0, "\(String(repeating: "x", count: 1_900))") })
        let start = ContinuousClock.now
        for _ in 0..<200 { logger.info("m", metadata: metadata) }
        #expect(start.duration(to: .now) < .seconds(5))
        let dropped = sink.droppedLines
        #expect(dropped > 0 && dropped < 200)

        var received = pipe.fileHandleForReading.availableData
        logger.info("again")
        try pipe.fileHandleForWriting.close()
        while case let more = pipe.fileHandleForReading.availableData, !more.isEmpty { received += more }
        let lines = String(decoding: received, as: UTF8.self).split(separator: "\n")
        let whole = lines.filter { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil }
        #expect(whole.last?.contains(#""message":"again""#) == true)
        #expect(whole.count == 200 - dropped + 1)
        #expect(lines.count - whole.count <= 1)
    }
}
