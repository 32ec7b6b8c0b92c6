import Administration
import ArgumentParser
import Foundation

/// `scorecast boards put`
struct BoardsPut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Adds a board, or replaces its members.",
        discussion: """
            Members that are not given get their defaults; with --patch they keep their values. A change of the \
            operator, the order, the ties, the group, the time zone or the windows of a board that has scores is \
            refused, unless --reset empties the board.

            Examples:
              scorecast boards put arcade --operator best --windows all,daily,weekly
              scorecast boards put race --operator best --order asc --min-score 1
              scorecast boards put shifts --cron shift='0 6,14,22 * * *' --time-zone Europe/Berlin
              scorecast boards put cup --season spring=2027-03-01T00:00:00Z/2027-06-01T00:00:00Z
              scorecast boards put race --patch --top 50 --visibility private
              scorecast boards put race --file race.json
            """
    )

    @Argument(help: "The board's id.")
    var board: String

    @Option(help: "How an amount makes a score: increment, decrement, set or best.")
    var `operator`: String?

    @Option(help: "Which scores are better: desc for high ones, asc for low ones.")
    var order: String?

    @Option(help: "How equal scores rank: first, last, shared or dense.")
    var ties: String?

    @Option(help: "Windows with fixed names: all, hourly, daily, weekly, monthly, yearly; several with commas.")
    var windows: [String] = []

    @Option(help: "A window by cron: NAME='EXPRESSION'. May be given several times.")
    var cron: [String] = []

    @Option(help: "A season: NAME=START/END, as RFC 3339. May be given several times.")
    var season: [String] = []

    @Option(help: "The time zone of the windows, such as Europe/Berlin.")
    var timeZone: String?

    @Option(help: "How long after a period's end its actions still count, in seconds.")
    var graceSeconds: Int?

    @Option(help: "The sealed periods of a window that stay readable.")
    var keepPeriods: Int?

    @Option(help: "The group. Boards of one group can be changed by one action.")
    var group: String?

    @Option(help: "The entries that are watched; 1 to 100.")
    var top: Int?

    @Option(help: "Who sees the board: public or private.")
    var visibility: String?

    // A value may begin with a minus sign.
    @Option(parsing: .unconditional, help: "The least score, or none.")
    var minScore: String?

    @Option(parsing: .unconditional, help: "The greatest score, or none.")
    var maxScore: String?

    @Flag(inversion: .prefixedNo, help: "Whether an update may make a score worse.")
    var allowDecrease: Bool?

    @Option(help: "A JSON object for clients.")
    var metadata: String?

    @Option(help: "A file with the members as a JSON object, in place of the options.")
    var file: String?

    @Flag(help: "Changes only the members that are given.")
    var patch = false

    @Flag(help: "Empties the board if the change needs that.")
    var reset = false

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    /// The node refuses longer bodies.
    private static let fileBytesMax = 16 * 1024

    func run() async throws {
        let path = try BoardsAnswer.path(of: board) + (reset ? "?reset=true" : "")
        let body = try body()
        let (client, token) = try await options.node(needsToken: true)
        let answer = try await client.send(patch ? .patch : .put, path, body: body, token: token)
        try BoardsAnswer.show(answer, isJSON: json, text: BoardText.board)
    }

    private func body() throws -> [UInt8] {
        var members = BoardMembers()
        members.texts = [
            ("operator", self.operator), ("order", order), ("ties", ties), ("time_zone", timeZone), ("group", group),
            ("visibility", visibility),
        ]
        members.numbers = [("grace_seconds", graceSeconds), ("keep_periods", keepPeriods), ("top", top)]
        members.bounds = [("min_score", minScore), ("max_score", maxScore)]
        members.allowDecrease = allowDecrease
        members.metadata = metadata
        (members.windows, members.crons, members.seasons) = (windows, cron, season)
        let given: [UInt8]
        do { given = try members.json() } catch { throw ValidationError(error.description) }
        guard let file else { return given }
        guard given == Array("{}".utf8) else {
            throw ValidationError("Give --file, or options with members, not both.")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw ValidationError("--file \(file) cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= Self.fileBytesMax else {
            throw ValidationError("--file \(file) is larger than \(Self.fileBytesMax) bytes.")
        }
        return Array(data)
    }
}
