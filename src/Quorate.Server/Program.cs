using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Quorate.Server.Http;
using System.Net;
var b = WebApplication.CreateSlimBuilder(args);
b.Services.AddSingleton<IConnectionListenerFactory, SplitListenerFactory>();
b.WebHost.UseKestrelCore().ConfigureKestrel(o => { o.Listen(new SplitEndPoint(new IPEndPoint(IPAddress.Loopback,18999), true), l => l.Protocols = HttpProtocols.Http2);
 o.Listen(new SplitEndPoint(new IPEndPoint(IPAddress.Loopback,18999), false), l => l.Protocols = HttpProtocols.Http1); });
var a = b.Build(); a.MapGet("/", (HttpContext c) => c.Request.Protocol); 
await a.StartAsync(); 
foreach (var v in new[]{"1.1","2.0"}) { try { using var h = new HttpClient(); var r = new HttpRequestMessage(HttpMethod.Get,"http://127.0.0.1:18999/"){Version=Version.Parse(v),VersionPolicy=HttpVersionPolicy.RequestVersionExact}; Console.WriteLine(v+": "+await (await h.SendAsync(r)).Content.ReadAsStringAsync()); } catch(Exception e){Console.WriteLine(v+": "+e.Message+" "+e.InnerException?.Message);} }
await a.StopAsync();
return 0;
