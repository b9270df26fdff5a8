//! The way of one call: presence, windows, faults, key, the vendor's handler, faults again, log.

use std::time::Duration;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue, RETRY_AFTER},
    },
    middleware::Next,
    web::Data,
};
use jiff::Timestamp;

use super::{
    AnswerBody, Call, Fault, FaultKind, Operation, SimulatedDesk, Standing, Vendor, answers,
    calls::Opened, faults::Drawn,
};

/// What a caller gets instead of the desk's answer.
enum Blow {
    Answer(HttpResponse),
    Silence(Duration),
    Disconnect,
    Delay(Duration),
}

/// Leads a call through the desk.
pub(super) async fn pass<V: Vendor>(
    desk: Data<SimulatedDesk<V>>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let operation = V::operation(request.method(), request.path());
    if desk.presence().is_away() {
        desk.write(begin(&request, operation, desk.now()));
        return Ok(request.into_response(answers::disconnect()));
    }
    let (now, admitted) = desk.admit(operation);
    let mut call = begin(&request, operation, now);
    let standing = match admitted {
        Ok(standing) => standing,
        Err(exceeded) => {
            let refused = request.into_response(V::throttled(exceeded));
            return Ok(answered(&desk, call, operation, None, refused));
        }
    };
    let drawn = desk.draw(operation);
    if let Some(drawn) = drawn.as_ref().filter(|drawn| !drawn.fault.after_creating) {
        call.fault = Some(drawn.fault.kind.as_str());
        match blow(&desk, &drawn.fault) {
            Blow::Delay(length) => wait(&desk, length).await,
            blow => {
                let response = strike(&desk, call, blow).await;
                return Ok(request.into_response(response));
            }
        }
    }
    let served = serve(&desk, request, next).await?;
    let after = drawn.filter(|drawn| drawn.fault.after_creating);
    Ok(leave(&desk, call, standing, after, served).await)
}

fn begin(request: &ServiceRequest, operation: Operation, at: Timestamp) -> Call {
    Call {
        number: 0,
        at,
        operation,
        method: request.method().to_string(),
        path: request.uri().to_string(),
        status: None,
        fault: None,
        key: None,
        ticket: None,
    }
}

async fn serve<V: Vendor>(
    desk: &SimulatedDesk<V>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let refused = {
        let vendor = desk.vendor();
        let key = vendor.refuse_key(request.headers());
        key.or_else(|| vendor.refuse_right(request.method(), request.path()))
    };
    match refused {
        None => next.call(request).await,
        Some(refused) => Ok(request.into_response(refused)),
    }
}

/// The second half of the way: what was opened is written down, then the answer goes out or is lost.
async fn leave<V: Vendor>(
    desk: &SimulatedDesk<V>,
    mut call: Call,
    standing: Standing,
    after: Option<Drawn>,
    served: ServiceResponse,
) -> ServiceResponse {
    if let Some(opened) = served.request().extensions().get::<Opened>() {
        call.ticket = Some(opened.ticket.clone());
        call.key.clone_from(&opened.key);
    }
    let operation = call.operation;
    let Some(drawn) = after else {
        return answered(desk, call, operation, Some(standing), served);
    };
    if !served.status().is_success() {
        desk.give_back(&drawn);
        return answered(desk, call, operation, Some(standing), served);
    }
    call.fault = Some(drawn.fault.kind.as_str());
    match blow(desk, &drawn.fault) {
        Blow::Delay(length) => {
            wait(desk, length).await;
            answered(desk, call, operation, Some(standing), served)
        }
        blow => {
            let response = strike(desk, call, blow).await;
            served.into_response(response)
        }
    }
}

/// Writes a call that gets its own answer, and adds the headers that say how much room is left.
fn answered<V: Vendor>(
    desk: &SimulatedDesk<V>,
    mut call: Call,
    operation: Operation,
    standing: Option<Standing>,
    mut response: ServiceResponse,
) -> ServiceResponse {
    call.status = Some(response.status().as_u16());
    desk.write(call);
    for (name, value) in standing.map(|room| V::room(operation, room)).unwrap_or_default() {
        // The names are the vendor's and in mixed case; only their letters matter.
        if let Ok(name) = HeaderName::try_from(name) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn blow<V: Vendor>(desk: &SimulatedDesk<V>, fault: &Fault) -> Blow {
    match &fault.kind {
        FaultKind::Answer { status, body, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            let mut response = broken::<V>(status, *body);
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Blow::Answer(response)
        }
        FaultKind::PlanLimit => Blow::Answer(V::plan_limit()),
        FaultKind::Silence(length) => Blow::Silence(*length),
        FaultKind::Disconnect => Blow::Disconnect,
        FaultKind::Latency(length) => Blow::Delay(*length),
        FaultKind::Away(how, length) => {
            desk.leave(*how, *length);
            Blow::Disconnect
        }
    }
}

fn broken<V: Vendor>(status: StatusCode, body: AnswerBody) -> HttpResponse {
    match body {
        AnswerBody::Vendor => V::answer(status),
        AnswerBody::Empty => answers::empty(status),
        AnswerBody::Html => answers::html(status),
        AnswerBody::Garbage => answers::garbage(status),
        AnswerBody::Huge => answers::huge(status),
        AnswerBody::Cut => answers::cut(status),
    }
}

/// Writes the call before the blow falls: whoever is left waiting can read it in the log.
async fn strike<V: Vendor>(desk: &SimulatedDesk<V>, mut call: Call, blow: Blow) -> HttpResponse {
    if let Blow::Answer(response) = &blow {
        call.status = Some(response.status().as_u16());
    }
    desk.write(call);
    match blow {
        Blow::Answer(response) => response,
        Blow::Disconnect => answers::disconnect(),
        Blow::Silence(length) | Blow::Delay(length) => {
            wait(desk, length).await;
            answers::disconnect()
        }
    }
}

async fn wait<V: Vendor>(desk: &SimulatedDesk<V>, length: Duration) {
    tokio::select! {
        () = desk.stop().cancelled() => {}
        () = tokio::time::sleep(length) => {}
    }
}
