namespace Quorate.Client;

/// <summary>What an operation does: whether it may be tried again, and what is known of it when it fails.</summary>
internal enum CallKind
{
    /// <summary>It changes nothing, and may always be tried again.</summary>
    Read,

    /// <summary>A write that comes to the same when it is carried out twice, so that it may always be tried again.</summary>
    RepeatableWrite,

    /// <summary>A write that may be tried again only after an attempt that certainly was not carried out.</summary>
    Write,
}
