//! How a phone comes to trust this node: a page with the local CA's certificate.

use super::app::{App, fault};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use std::sync::Arc;

/// What a phone needs to trust this node.
#[derive(Debug, Clone)]
pub struct Phone {
    /// The local CA's certificate, PEM.
    pub ca: String,
    /// The app's address in the local network.
    pub app: String,
    /// The address of `/lan`, reachable before the certificate is trusted.
    pub page: String,
    /// The app's address as a QR code, SVG.
    pub app_qr: String,
    /// The address of `/lan/ca.crt` as a QR code, SVG.
    pub ca_qr: String,
}

/// `GET /lan`.
pub async fn page(State(app): State<Arc<App>>) -> Response {
    let Some(phone) = &app.phone else { return not_here() };
    let Phone { app: address, app_qr, ca_qr, .. } = phone;
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>EcoSphere on your phone</title>\
         <style>body{{font:17px/1.5 system-ui;max-width:34rem;margin:2rem auto;padding:0 1rem}}svg{{width:12rem;height:12rem;background:#fff}}code{{word-break:break-all}}</style>\
         <h1>EcoSphere on your phone</h1>\
         <p>A phone gives its camera only to a page it trusts. This computer made its own certificate authority for that; it is good for addresses in a local network and for nothing else.</p>\
         <h2>1. Trust this computer</h2><p>{ca_qr}</p><p><a href=/lan/ca.crt download=ecosphere-local-ca.crt>Download the certificate</a></p>\
         <ul><li>iPhone: open the download, install the profile in Settings, then switch it on under General, About, Certificate Trust Settings.</li>\
         <li>Android: Settings, Security, More, Encryption and credentials, Install a certificate, CA certificate.</li></ul>\
         <h2>2. Open the app</h2><p>{app_qr}</p><p><a href=\"{address}\"><code>{address}</code></a></p>\
         <h2>3. Afterwards</h2><p>Take the certificate off the phone again when you no longer need it.</p>"
    );
    ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

/// `GET /lan/ca.crt`.
pub async fn certificate(State(app): State<Arc<App>>) -> Response {
    let Some(phone) = &app.phone else { return not_here() };
    let headers = [(header::CONTENT_TYPE, "application/x-x509-ca-cert"), (header::CACHE_CONTROL, "no-store")];
    (headers, phone.ca.clone()).into_response()
}

fn not_here() -> Response {
    fault(StatusCode::NOT_FOUND, "this node is not served to the local network; start it with --lan")
}
