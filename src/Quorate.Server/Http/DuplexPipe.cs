using System.IO.Pipelines;

namespace Quorate.Server.Http;

/// <summary>The two directions of a connection, put together from pipes that need not come from one place.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
