package dev.stackmapd.upstream;

/// Where an address lies. A private source gets new files often, a public one seldom.
public enum AddressScope {
    PUBLIC,
    /// An address that is refused unless the operator allows it.
    PRIVATE
}
