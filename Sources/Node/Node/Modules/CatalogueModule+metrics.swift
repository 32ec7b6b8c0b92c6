import Telemetry

extension CatalogueModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_catalogue_loads_total", help: "Times that the catalogue was loaded."),
        .init(label: "scorecast_catalogue_errors_total", help: "Times that the catalogue could not be read."),
        .init(
            label: "scorecast_catalogue_stale",
            help: "1 while the catalogue cannot be read and the last one is in force."),
        .init(
            label: "scorecast_catalogue_boards_left_out",
            help: "Boards of the database that this version cannot run; the log names them."),
    ]
}
