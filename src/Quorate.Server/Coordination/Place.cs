using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.Coordination;

/// <summary>A place in a line: a key that lives as long as its lease.</summary>
/// <param name="Prefix">The name of the line, and a slash.</param>
/// <param name="Key">The prefix, and the lease's id in hexadecimal digits: a lease has one place in a line.</param>
/// <param name="Lease">The lease.</param>
/// <param name="IsLeaseOwn">Whether the lease was granted for this place only.</param>
/// <param name="CreateRevision">When the key was created: the order in the line.</param>
/// <param name="Before">The value that the lease's key had already; null where this call has created it.</param>
/// <param name="IsFirst">Whether it was the first of its line at once.</param>
/// <param name="Header">The answer that made it.</param>
internal sealed record Place(
    ByteString Prefix, ByteString Key, long Lease, bool IsLeaseOwn, long CreateRevision, ByteString? Before, bool IsFirst, ResponseHeader Header);
