using System.Globalization;
using Quorate.Etcd;

namespace Quorate.Server.Configuration;

/// <summary>Turns what was given into <see cref="ServerSettings"/>, or into a list of everything that is wrong with it.</summary>
public sealed class SettingsReader
{
    private const long QuotaBytesDefault = 2L << 30;

    /// <summary>Ten years of history; a revision is kept in mind for each tenth of an hour of them.</summary>
    private const long HoursMax = 87_600;

    private readonly SettingsSource _source;
    private readonly List<string> _problems = [];

    private SettingsReader(SettingsSource source)
    {
        _source = source;
    }

    /// <summary>Reads and checks all settings; throws with every problem found, each saying what, why, and what would work.</summary>
    /// <exception cref="SettingsException">Something cannot work.</exception>
    public static ServerSettings Read(SettingsSource source)
    {
        var reader = new SettingsReader(source);
        ServerSettings settings = reader.Read();
        reader._problems.AddRange(SecuritySettings.Refusals(source));
        reader._problems.AddRange(UntakenFlags.Refusals(source));
        return reader._problems.Count == 0 ? settings : throw new SettingsException(reader._problems);
    }

    private ServerSettings Read()
    {
        string name = Text(Settings.Name, "default");
        if (name.Contains('=', StringComparison.Ordinal) || name.Contains(',', StringComparison.Ordinal))
        {
            Refuse(Settings.Name, $"'{name}' contains '=' or ',', which separate the members in {Settings.InitialCluster.Flag}; use letters, digits and dashes");
        }

        IReadOnlyList<MemberUrl> listenClient = Urls(Settings.ListenClientUrls, [new MemberUrl("localhost", 2379)]);
        IReadOnlyList<MemberUrl> advertiseClient = Advertised(Settings.AdvertiseClientUrls, Settings.ListenClientUrls, listenClient);
        int problemsBeforePeers = _problems.Count;
        IReadOnlyList<MemberUrl> listenPeer = Urls(Settings.ListenPeerUrls, [new MemberUrl("localhost", 2380)]);
        IReadOnlyList<MemberUrl> advertisePeer = Advertised(Settings.InitialAdvertisePeerUrls, Settings.ListenPeerUrls, listenPeer);
        bool arePeerUrlsGood = _problems.Count == problemsBeforePeers;
        RefuseSharedPorts(listenClient, listenPeer);

        var settings = new ServerSettings
        {
            Name = name,
            DataFolder = Text(Settings.DataDir, $"{name}.quorate"),
            ListenClientUrls = listenClient,
            AdvertiseClientUrls = advertiseClient,
            ListenPeerUrls = listenPeer,
            AdvertisePeerUrls = advertisePeer,
            InitialCluster = new InitialClusterReader(_source, _problems).Read(name, advertisePeer, arePeerUrlsGood),
            InitialClusterToken = Text(Settings.InitialClusterToken, "quorate-cluster"),
            HeartbeatInterval = TimeSpan.FromMilliseconds(Number(Settings.HeartbeatInterval, 100, 1, 60_000)),
            ElectionTimeout = TimeSpan.FromMilliseconds(Number(Settings.ElectionTimeout, 1000, 5, 300_000)),
            SnapshotCount = (int)Number(Settings.SnapshotCount, 10_000, 1, int.MaxValue),
            QuotaBytes = Quota(),
            RequestBytesMax = (int)Number(Settings.MaxRequestBytes, 1_572_864, 1, 64 << 20),
            TransactionOperationsMax = (int)Number(Settings.MaxTxnOps, 128, 1, 1_000_000),
            AutoCompaction = Compaction(),
            CorsOrigins = Origins(),
            LogLevel = Level(),
            LogsAsJson = Choice(Settings.LogFormat, "text", "json") == "json",
        };

        CheckClusterState(settings);
        if (settings.ElectionTimeout < 5 * settings.HeartbeatInterval)
        {
            Refuse(
                Settings.ElectionTimeout,
                $"{settings.ElectionTimeout.TotalMilliseconds} ms is less than 5 heartbeats of {settings.HeartbeatInterval.TotalMilliseconds} ms, " +
                "so that a delayed heartbeat would depose a healthy leader; use about 10 heartbeats");
        }

        return settings;
    }

    private string Text(Setting setting, string otherwise)
    {
        if (_source.Find(setting) is not { } given)
        {
            return otherwise;
        }

        if (string.IsNullOrWhiteSpace(given.Text))
        {
            _problems.Add($"{given.Origin} is empty; leave it out for the default, {otherwise}");
        }

        return given.Text;
    }

    private long Number(Setting setting, long otherwise, long min, long max)
    {
        if (_source.Find(setting) is not { } given)
        {
            return otherwise;
        }

        if (!long.TryParse(given.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            _problems.Add($"{given.Origin}: '{given.Text}' is not a whole number; the default is {otherwise}");
            return otherwise;
        }

        if (number < min || number > max)
        {
            _problems.Add($"{given.Origin}: {number} is not from {min} to {max}; the default is {otherwise}");
            return otherwise;
        }

        return number;
    }

    private long Quota() => Number(Settings.QuotaBackendBytes, 0, long.MinValue, long.MaxValue) switch
    {
        0 => QuotaBytesDefault,
        < 0 => 0,
        var bytes => bytes,
    };

    /// <summary>A bare number counts hours, or revisions, as the mode says.</summary>
    private AutoCompaction? Compaction()
    {
        bool isPeriodic = Choice(Settings.AutoCompactionMode, "periodic", "revision") == "periodic";
        string text = Text(Settings.AutoCompactionRetention, "0");
        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (!isPeriodic)
        {
            if (!isNumber)
            {
                Refuse(Settings.AutoCompactionRetention, $"'{text}' is no number of revisions, which {Settings.AutoCompactionMode.Flag} revision asks for; to keep history for a time use periodic");
            }

            return isNumber && number > 0 ? AutoCompaction.ByRevisions(number) : null;
        }

        TimeSpan period = TimeSpan.Zero;
        if (isNumber ? number > HoursMax : !DurationText.TryParse(text, out period))
        {
            Refuse(Settings.AutoCompactionRetention, $"'{text}' is no time; write 90m, 1h30m, or a number of hours, at most {HoursMax}");
            return null;
        }

        period = isNumber ? TimeSpan.FromHours(number) : period;
        if (period > TimeSpan.Zero && (period < AutoCompaction.PeriodMin || period > TimeSpan.FromHours(HoursMax)))
        {
            Refuse(Settings.AutoCompactionRetention, $"'{text}' is not from {AutoCompaction.PeriodMin.TotalSeconds} s to {HoursMax} h; 0 is for no compaction");
            return null;
        }

        return period > TimeSpan.Zero ? AutoCompaction.ByPeriod(period) : null;
    }

    private string[] Origins()
    {
        string[] origins = (_source.Find(Settings.Cors)?.Text ?? "*").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string origin in origins)
        {
            // Browsers send scheme, host and port and nothing else; an origin written otherwise would never match.
            if (origin != "*" && (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? url) || url.GetLeftPart(UriPartial.Authority) != origin))
            {
                Refuse(Settings.Cors, $"'{origin}' is no origin; one looks like https://example.com:8443, without a path, and * stands for all");
            }
        }

        return origins;
    }

    private IReadOnlyList<MemberUrl> Urls(Setting setting, IReadOnlyList<MemberUrl> otherwise)
    {
        if (_source.Find(setting) is not { } given)
        {
            return otherwise;
        }

        List<MemberUrl> urls = [];
        int problemsBefore = _problems.Count;
        foreach (string text in given.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (MemberUrl.TryParse(text, out MemberUrl url, out string? problem))
            {
                urls.Add(url);
            }
            else
            {
                _problems.Add($"{given.Origin}: {problem}");
            }
        }

        if (urls.Count > 0)
        {
            return urls;
        }

        if (_problems.Count == problemsBefore)
        {
            _problems.Add($"{given.Origin} names no URL; one looks like {otherwise[0]}");
        }

        return otherwise;
    }

    private IReadOnlyList<MemberUrl> Advertised(Setting setting, Setting listenSetting, IReadOnlyList<MemberUrl> listen)
    {
        IReadOnlyList<MemberUrl> urls = Urls(setting, listen);
        foreach (MemberUrl url in urls)
        {
            if (url.IsWildcard)
            {
                Refuse(setting, $"{url} names every interface, which nobody can connect to; with {listenSetting.Flag} on such an address, give {setting.Flag} the address that others reach this machine by");
            }
        }

        return urls;
    }

    private void RefuseSharedPorts(IReadOnlyList<MemberUrl> client, IReadOnlyList<MemberUrl> peer)
    {
        foreach (MemberUrl url in client)
        {
            if (peer.Any(other => other.Port == url.Port && (other.Host == url.Host || other.IsWildcard || url.IsWildcard)))
            {
                Refuse(Settings.ListenPeerUrls, $"port {url.Port} is in {Settings.ListenClientUrls.Flag} too; clients and members need a port each");
            }
        }
    }

    private void CheckClusterState(ServerSettings settings)
    {
        switch (Text(Settings.InitialClusterState, "new"))
        {
            case "new":
                break;
            case "existing":
                if (!Directory.Exists(Path.Combine(settings.DataFolder, "log")))
                {
                    Refuse(Settings.InitialClusterState, $"'existing' needs a data folder of an earlier start, but '{settings.DataFolder}' holds none; to found a cluster use 'new'. Adding a member to a running cluster is not supported yet");
                }

                break;
            case var other:
                Refuse(Settings.InitialClusterState, $"'{other}' is neither 'new' nor 'existing'");
                break;
        }
    }

    /// <summary>One of several words; the first is the default.</summary>
    private string Choice(Setting setting, params ReadOnlySpan<string> words)
    {
        string text = Text(setting, words[0]);
        if (!words.Contains(text))
        {
            Refuse(setting, $"'{text}' is none of {string.Join(", ", words)}");
        }

        return text;
    }

    private LogLevel Level()
    {
        string text = Text(Settings.LogLevel, "info");
        switch (text)
        {
            case "debug":
                return LogLevel.Debug;
            case "info":
                return LogLevel.Information;
            case "warn":
                return LogLevel.Warning;
            case "error":
                return LogLevel.Error;
            case "panic" or "fatal":
                return LogLevel.Critical;
            default:
                Refuse(Settings.LogLevel, $"'{text}' is no level; the levels are debug, info, warn, error, panic and fatal");
                return LogLevel.Information;
        }
    }

    private void Refuse(Setting setting, string problem) =>
        _problems.Add($"{_source.Find(setting)?.Origin ?? setting.Flag}: {problem}");
}
