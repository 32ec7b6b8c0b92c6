import Administration
import ArgumentParser
import Settings

/// `scorecast export-ledger`
struct ExportLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a month of the ledger to a file.",
        discussion: """
            Each row is a JSON object on a line of its own, with all columns of the table score_events; the file is \
            compressed by gzip. Months are those of the issue time of action ids, in UTC. Nodes may run meanwhile: the \
            file holds what the ledger held at the start. Export a month before you remove it from the database.

            Examples:
              scorecast export-ledger --month 2026-10
              scorecast export-ledger --month 2026-10 --out - | zcat | head
            """
    )

    @Option(help: "The month, such as 2026-10.")
    var month: String

    @Option(help: "The file, which must not exist; - for standard output. Default: score_events_2026_10.ndjson.gz.")
    var out: String?

    func run() async throws {
        let configuration = try await Shell.configuration(requiring: [.postgres])
        do {
            let exporter = try LedgerExporter(configuration, month: month)
            let path = out == "-" ? nil : out ?? exporter.fileName
            let meter = ProgressLine()
            let rows = try await exporter.export(to: path) { rows, estimate in
                meter.show(estimate.map { "\(rows) of about \(max($0, rows)) rows" } ?? "\(rows) rows")
            }
            meter.end()
            Shell.note("Exported \(rows) rows of \(month) to \(path ?? "standard output").")
        } catch ExportError.month(let text) {
            throw ValidationError(ExportError.month(text).description)
        } catch let error as ExportError {
            Shell.note(error.description)
            throw ExitCode.failure
        }
    }
}
