using System.Diagnostics.Metrics;

namespace Quorate.Server.Metrics;

/// <summary>
/// Gathers what the instruments of our meters measure, and writes it for Prometheus. Names and labels are taken as they
/// are, so an instrument carries the name that dashboards for etcd expect.
/// </summary>
public sealed class MetricsCollector : IDisposable
{
    /// <summary>Upper bounds of histogram buckets, in seconds: etcd's for its disk and network durations.</summary>
    private static readonly double[] s_durationBuckets =
        [0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064, 0.0128, 0.0256, 0.0512, 0.1024, 0.2048, 0.4096, 0.8192, 1.6384, 3.2768, 6.5536];

    private readonly Lock _lock = new();

    /// <summary>Held by whoever writes: what one has forgotten and asked for anew is not to be missed by another.</summary>
    private readonly Lock _writing = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <summary>Listens to all meters whose name is chosen by <paramref name="isOurs"/>.</summary>
    public MetricsCollector(Func<Meter, bool> isOurs)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isOurs(instrument.Meter))
            {
                lock (_lock)
                {
                    _families.TryAdd(instrument.Name, new Family(instrument));
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, as Prometheus text.</summary>
    public string Write()
    {
        var text = new PrometheusText();
        lock (_writing)
        {
            lock (_lock)
            {
                foreach (Family family in _families.Values)
                {
                    family.ForgetObserved();
                }
            }

            // Without the other lock: what is asked may wait for somebody who records.
            _listener.RecordObservableInstruments();
            lock (_lock)
            {
                foreach (Family family in _families.Values)
                {
                    family.Write(text);
                }
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (_families.TryGetValue(instrument.Name, out Family? family))
            {
                family.Record(value, tags);
            }
        }
    }

    /// <summary>All samples of one instrument, by their labels.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly bool _isHistogram = IsOf(instrument, typeof(Histogram<>));
        private readonly bool _isSum = IsOf(instrument, typeof(Counter<>)) || IsOf(instrument, typeof(UpDownCounter<>));
        private readonly bool _isMonotonic = IsOf(instrument, typeof(Counter<>)) || IsOf(instrument, typeof(ObservableCounter<>));
        private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string key = Key(tags);
            if (!_series.TryGetValue(key, out Series? series))
            {
                var labels = new KeyValuePair<string, string>[tags.Length];
                for (int i = 0; i < tags.Length; i++)
                {
                    labels[i] = new KeyValuePair<string, string>(tags[i].Key, tags[i].Value?.ToString() ?? string.Empty);
                }

                series = new Series(labels, _isHistogram ? new long[s_durationBuckets.Length + 1] : null);
                _series.Add(key, series);
            }

            series.Record(value, add: _isSum || _isHistogram);
        }

        /// <summary>A gauge has the labels that it has when it is asked: a member that leads no more has no followers.</summary>
        public void ForgetObserved()
        {
            if (instrument.IsObservable)
            {
                _series.Clear();
            }
        }

        public void Write(PrometheusText text)
        {
            text.Family(instrument.Name, _isHistogram ? "histogram" : _isMonotonic ? "counter" : "gauge", instrument.Description);
            if (_series.Count == 0 && _isSum)
            {
                text.Sample(instrument.Name, [], 0);
            }

            foreach (Series series in _series.Values)
            {
                series.Write(text, instrument.Name);
            }
        }

        private static bool IsOf(Instrument instrument, Type generic) =>
            instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == generic;

        private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty)
            {
                return string.Empty;
            }

            var key = new System.Text.StringBuilder();
            foreach ((string name, object? value) in tags)
            {
                key.Append(name).Append('\u0001').Append(value).Append('\u0002');
            }

            return key.ToString();
        }
    }

    /// <summary>One line of samples: a value, or the buckets of a histogram.</summary>
    private sealed class Series(KeyValuePair<string, string>[] labels, long[]? buckets)
    {
        private double _value;
        private long _count;

        public void Record(double value, bool add)
        {
            _value = add ? _value + value : value;
            _count++;
            if (buckets is not null)
            {
                int bucket = 0;
                while (bucket < s_durationBuckets.Length && value > s_durationBuckets[bucket])
                {
                    bucket++;
                }

                buckets[bucket]++;
            }
        }

        public void Write(PrometheusText text, string name)
        {
            if (buckets is null)
            {
                text.Sample(name, labels, _value);
                return;
            }

            long cumulative = 0;
            for (int i = 0; i < buckets.Length; i++)
            {
                cumulative += buckets[i];
                double bound = i < s_durationBuckets.Length ? s_durationBuckets[i] : double.PositiveInfinity;
                text.Sample(name + "_bucket", [.. labels, new KeyValuePair<string, string>("le", PrometheusText.Number(bound))], cumulative);
            }

            text.Sample(name + "_sum", labels, _value);
            text.Sample(name + "_count", labels, _count);
        }
    }
}
