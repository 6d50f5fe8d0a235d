using Quorate.Server.Configuration;

namespace Quorate.Server.Hosting;

internal static class MemberHost
{
    public static Task<int> RunAsync(ServerSettings settings, bool stopWithInput, CancellationToken cancellationToken) => Task.FromResult(0);
}
