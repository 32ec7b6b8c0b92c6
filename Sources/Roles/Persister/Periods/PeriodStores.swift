import Leaderboard

/// The ports that the periods need.
public struct PeriodStores: Sendable {
    let sealer: any PeriodSealer
    let turner: any PeriodTurner
    let archive: any Archive
    let catalogue: any CatalogueSource
    let partitioning: Partitioning

    /// - Parameters:
    ///   - sealer: seals periods in the store of rankings.
    ///   - turner: turns windows over to their next periods.
    ///   - archive: keeps the final standings.
    ///   - catalogue: the current boards.
    ///   - partitioning: the partitions.
    public init(
        sealer: any PeriodSealer, turner: any PeriodTurner, archive: any Archive, catalogue: any CatalogueSource,
        partitioning: Partitioning
    ) {
        self.sealer = sealer
        self.turner = turner
        self.archive = archive
        self.catalogue = catalogue
        self.partitioning = partitioning
    }
}
