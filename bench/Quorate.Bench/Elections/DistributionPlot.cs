using System.Globalization;
using System.Text;

namespace Quorate.Bench.Elections;

/// <summary>Draws cumulative distributions as SVG: milliseconds to the right, logarithmic; the share of crashes upwards.</summary>
internal static class DistributionPlot
{
    private const int Left = 60;
    private const int Top = 20;
    private const int Width = 640;
    private const int Height = 360;
    private const int LegendLine = 18;
    private const double LeastMilliseconds = 10;
    private const double MostMilliseconds = 10_000;

    private static readonly double[] s_marks = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
    private static readonly string[] s_colours = ["#1b6ca8", "#c0392b", "#27864d", "#8e44ad", "#b8860b", "#16808a", "#d35400", "#5d6d7e", "#7b241c", "#2e4053"];

    public static string Draw(IReadOnlyList<(ElectionSettings Settings, List<ElectionTrial> Trials)> measured)
    {
        (ElectionSettings Settings, List<ElectionTrial> Trials)[] lines = [.. measured.Where(line => line.Trials.Count > 0)];
        int legendTop = Top + Height + 60;
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 30} {legendTop + (LegendLine * lines.Length)}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Axes(svg);
        string[] timeouts = [.. lines.Select(line => line.Settings.Timeouts).Distinct()];
        for (int i = 0; i < lines.Length; i++)
        {
            (ElectionSettings settings, List<ElectionTrial> trials) = lines[i];
            string stroke = s_colours[Array.IndexOf(timeouts, settings.Timeouts) % s_colours.Length];
            string style = $"stroke=\"{stroke}\" stroke-width=\"1.8\" fill=\"none\"{(settings.UsesEvidence ? string.Empty : " stroke-dasharray=\"6 4\"")}";
            Add(svg, $"<polyline {style} points=\"{Points(trials)}\"/>");
            double y = legendTop + (LegendLine * i);
            Add(svg, $"<line {style} x1=\"{Left}\" y1=\"{y - 4}\" x2=\"{Left + 40}\" y2=\"{y - 4}\"/>");
            Add(svg, $"<text x=\"{Left + 50}\" y=\"{y}\">{settings} ({trials.Count} crashes)</text>");
        }

        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Axes(StringBuilder svg)
    {
        foreach (double mark in s_marks)
        {
            Add(svg, $"<line stroke=\"#ddd\" x1=\"{X(mark):0.0}\" y1=\"{Top}\" x2=\"{X(mark):0.0}\" y2=\"{Top + Height}\"/>");
            Add(svg, $"<text x=\"{X(mark):0.0}\" y=\"{Top + Height + 16}\" text-anchor=\"middle\">{mark:0}</text>");
        }

        for (int percent = 0; percent <= 100; percent += 20)
        {
            Add(svg, $"<line stroke=\"#ddd\" x1=\"{Left}\" y1=\"{Y(percent):0.0}\" x2=\"{Left + Width}\" y2=\"{Y(percent):0.0}\"/>");
            Add(svg, $"<text x=\"{Left - 6}\" y=\"{Y(percent) + 4:0.0}\" text-anchor=\"end\">{percent} %</text>");
        }

        Add(svg, $"<text x=\"{Left + (Width / 2)}\" y=\"{Top + Height + 34}\" text-anchor=\"middle\">milliseconds from the crash of the leader until another leads</text>");
    }

    private static string Points(List<ElectionTrial> trials)
    {
        double[] sorted = [.. trials.Select(trial => trial.Milliseconds).Order()];
        return string.Join(' ', sorted.Select((milliseconds, index) =>
            string.Create(CultureInfo.InvariantCulture, $"{X(milliseconds):0.0},{Y(100.0 * (index + 1) / sorted.Length):0.0}")));
    }

    private static double X(double milliseconds) =>
        Left + (Width * Math.Log(Math.Clamp(milliseconds, LeastMilliseconds, MostMilliseconds) / LeastMilliseconds) / Math.Log(MostMilliseconds / LeastMilliseconds));

    private static double Y(double percent) => Top + (Height * (1 - (percent / 100)));

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
