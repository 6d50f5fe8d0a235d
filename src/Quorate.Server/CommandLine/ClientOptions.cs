using System.CommandLine;
using Quorate.Client;

namespace Quorate.Server.CommandLine;

/// <summary>The options that every command which talks to a cluster has.</summary>
internal sealed class ClientOptions
{
    private const string DefaultEndpoint = "127.0.0.1:2379";

    private readonly Option<string?> _endpoints = new("--endpoints")
    {
        Description = "Client addresses of the members, separated by commas. Default: QUORATE_ENDPOINTS, else ETCDCTL_ENDPOINTS, else " + DefaultEndpoint,
        HelpName = "HOST:PORT,…",
    };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "Seconds that one operation may take, with all its attempts.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<OutputFormat> _output = new("--output", "-o")
    {
        Description = "text for people, json for scripts.",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    /// <summary>Adds the options to a command and lets <paramref name="run"/> carry it out with a client.</summary>
    public static void AddTo(Command command, Func<ClientContext, ParseResult, Task<int>> run)
    {
        var options = new ClientOptions();
        command.Add(options._endpoints);
        command.Add(options._timeout);
        command.Add(options._output);
        command.SetAction((result, cancellationToken) => options.RunAsync(result, run, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, Func<ClientContext, ParseResult, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            string endpoints = result.GetValue(_endpoints) ?? Variable("QUORATE_ENDPOINTS") ?? Variable("ETCDCTL_ENDPOINTS") ?? DefaultEndpoint;
            double seconds = result.GetValue(_timeout);
            if (!(seconds > 0 && seconds <= 86_400))
            {
                return Terminal.Fail(ExitCode.Usage, "--timeout must be more than 0 and at most 86400 seconds");
            }

            TimeSpan timeout = TimeSpan.FromSeconds(seconds);

            using var client = new QuorateClient(new QuorateClientOptions
            {
                Endpoints = endpoints.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Timeout = timeout,
            });
            return await run(new ClientContext(client, timeout, result.GetValue(_output) == OutputFormat.Json, cancellationToken), result);
        }
        catch (QuorateException e)
        {
            return Terminal.Fail(Failures.ExitCodeOf(e), Failures.Describe(e));
        }
        catch (ArgumentException e) when (e.ParamName is not null)
        {
            // Who calls a program knows nothing of the parameters of its methods.
            return Terminal.Fail(ExitCode.Usage, e.Message.Replace($" (Parameter '{e.ParamName}')", string.Empty, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or Import.ImportException)
        {
            return Terminal.Fail(ExitCode.Usage, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Terminal.Fail(ExitCode.Failed, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Terminal.Fail(ExitCode.OutcomeUnknown, "stopped before it was done");
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
